import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { completionScript, shells } from '../help/completion/index.ts';

/** `postrider completion`. */
export async function run({ invocation, output, commands }: Context): Promise<number> {
  const [word = ''] = invocation.arguments;
  const shell = shells.find((name) => name === word);
  if (shell === undefined)
    throw new UsageError(`there are no completions for '${word}'`, `There are: ${shells.join(', ')}.`);
  output.print(completionScript(shell, commands).trimEnd());
  return exitCode.done;
}
