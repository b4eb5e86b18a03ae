import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';
import { parseFdm } from './fdm.ts';
import { parseFetchmail } from './fetchmail.ts';
import { parseGetmail } from './getmail.ts';
import { parseMpop } from './mpop.ts';
import {
  type Complain,
  type NumberedLine,
  StateFileError,
  type StateFormat,
  type StateSection,
  stateFormats,
} from './state-file.ts';
import { parseThunderbird } from './thunderbird.ts';

/** What another program remembers, and which program that is. */
export interface StateFile {
  readonly path: string;
  readonly format: StateFormat;
  readonly sections: readonly StateSection[];
}

const parsers: Readonly<
  Record<StateFormat, (lines: readonly NumberedLine[], complain: Complain) => readonly StateSection[]>
> = {
  getmail: parseGetmail,
  mpop: parseMpop,
  fetchmail: parseFetchmail,
  fdm: parseFdm,
  thunderbird: parseThunderbird,
};

/**
 * Reads the file in which another program remembers what it fetched. Its format is recognised by its content, unless it is named.
 *
 * @throws ProgramError where it cannot be read or recognised; StateFileError, with the number of the line, where a line is not as it should be.
 */
export function readStateFile(path: string, named?: StateFormat): StateFile {
  const octets = readOctets(path);
  const latin1 = splitLines(octets.toString('latin1'));
  const format = named ?? recognise(path, latin1);
  // Thunderbird keeps one character for each octet of a unique-id, and writes them as UTF-8.
  const lines = format === 'thunderbird' ? splitLines(octets.toString('utf8')) : latin1;
  const complain: Complain = (line, what) => {
    throw new StateFileError(path, line?.number ?? 1, what);
  };
  return { path, format, sections: parsers[format](lines, complain) };
}

function recognise(path: string, lines: readonly NumberedLine[]): StateFormat {
  const text = lines.find((line) => !/^#/.test(line.text))?.text ?? '';
  const heading = lines[0]?.text ?? '';
  if (/^# (?:Netscape )?POP3 State File/.test(heading) || /^\*\S+ \S/.test(text)) return 'thunderbird';
  if (/^# .*\bmpop\b/.test(heading) || /^ \d+ \S+ \S/.test(text)) return 'mpop';
  if (/^[^\0]+\0\d+$/.test(text)) return 'getmail';
  const [, length, rest] = /^(\d+) (.+)$/.exec(text) ?? [];
  if (rest !== undefined && rest.length === Number(length)) return 'fdm';
  if (/^.+?@[^@\s]+ +\S/.test(text)) return 'fetchmail';
  // An empty one says nothing but by its name.
  if (text === '' && basename(path).startsWith('oldmail-')) return 'getmail';
  throw new ProgramError(
    `${path} is in no format that is known`,
    exitCode.localIo,
    `It may come from ${stateFormats.join(', ')}: name the program with --from, and the first line that does not fit is shown.`,
  );
}

function splitLines(text: string): readonly NumberedLine[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line, number: index + 1 }))
    .filter((line) => line.text !== '');
}

function readOctets(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why =
      code === 'ENOENT' ? 'it does not exist' : error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `${path} cannot be read: ${why}`,
      exitCode.localIo,
      'Check the path and its permissions.',
      error,
    );
  }
}
