import { styleText } from 'node:util';

/** The meanings that text can have; what they look like is decided here only. */
export type Tone = 'strong' | 'faint' | 'good' | 'warning' | 'bad' | 'name';

/** Gives a text a tone; without colours it gives the text back. */
export type Painter = (tone: Tone, text: string) => string;

const formats = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  name: 'cyan',
} as const;

/** Makes a painter that colours, or one that does not. */
export function makePainter(colored: boolean): Painter {
  if (!colored) return (_tone, text) => text;
  return (tone, text) => styleText(formats[tone], text, { validateStream: false });
}

/** Whether a stream gets colours: what the flag says, then NO_COLOR (no-color.org) and FORCE_COLOR, then whether it is a terminal. */
export function wantsColor(
  when: 'auto' | 'always' | 'never' | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (when === 'always') return true;
  if (when === 'never') return false;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
