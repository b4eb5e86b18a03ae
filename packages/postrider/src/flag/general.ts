import type { FlagGroup } from './definition.ts';
import { choiceFlag, switchFlag, textFlag } from './flag.ts';

/** The flags that every command has, and those about how results are printed. */
export const helpFlag = switchFlag({ name: 'help', short: 'h', description: 'Show this help' });

export const jsonFlag = switchFlag({
  name: 'json',
  description: 'Print the result as JSON with stable keys',
});

export const quietFlag = switchFlag({
  name: 'quiet',
  short: 'q',
  description: 'Print results and errors only: no notes, no progress',
});

export const verboseFlag = switchFlag({
  name: 'verbose',
  short: 'v',
  description: 'Say more about what is done and why',
});

export const colorFlag = choiceFlag({
  name: 'color',
  description: 'When to use colours',
  value: { name: 'WHEN' },
  choices: ['auto', 'always', 'never'],
  fallback: 'auto: on a terminal, unless NO_COLOR is set',
});

export const configFlag = textFlag({
  name: 'config',
  description: 'The configuration file to use',
  value: { name: 'FILE', complete: 'file' },
  environment: 'POSTRIDER_CONFIG',
  fallback: 'postrider/config.toml in the configuration folder of the user',
});

/** For commands that print results. */
export const generalGroup: FlagGroup = {
  title: 'General options',
  flags: [jsonFlag, configFlag, colorFlag, quietFlag, verboseFlag, helpFlag],
};

/** For commands that print text and nothing else. */
export const plainGroup: FlagGroup = {
  title: 'General options',
  flags: [colorFlag, quietFlag, verboseFlag, helpFlag],
};
