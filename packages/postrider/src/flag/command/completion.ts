import type { CommandDefinition } from '../definition.ts';
import { plainGroup } from '../general.ts';

export const completion: CommandDefinition = {
  path: ['completion'],
  summary: 'Print a completion script for a shell',
  description: ['Prints a script that completes commands and options, for bash, zsh or fish.'],
  usage: ['bash|zsh|fish'],
  arguments: [],
  count: [1, 1],
  completes: ['bash', 'zsh', 'fish'],
  groups: [plainGroup],
  examples: [{ command: 'source <(postrider completion bash)', explanation: 'In ~/.bashrc' }],
  load: () => import('../../command/completion.ts'),
};
