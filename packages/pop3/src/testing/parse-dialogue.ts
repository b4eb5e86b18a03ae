import {
  concatenate,
  defaultLimits,
  defaultQuirks,
  type Limits,
  type Quirks,
  strictQuirks,
} from '../protocol/index.ts';
import type { Dialogue, DialogueAction, DialogueStep, Role } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import { parseExpectation } from './expectation.ts';
import { parseLiteral } from './literal.ts';

const lineEnd = Uint8Array.of(13, 10);

/** What `! logged in` stands for. */
const login = ['S: +OK ready', 'C: USER ann', 'S: +OK', 'C: PASS two words', 'S: +OK'];

interface Header {
  roles: readonly Role[];
  quirks: Quirks;
  limits: Partial<Limits>;
}

/**
 * Parses a dialogue.
 *
 * Directives: `! role client|server` (played in that role only), `! quirks strict|default` (strict where it says nothing),
 * `! quirk NAME [on|off|detect]`, `! limit NAME NUMBER`, all before the first octets; `! logged in`, which stands for a greeting and
 * a login by USER and PASS; and those of {@link DialogueAction}.
 *
 * @param file - a name for messages.
 * @throws DialogueError with the number of the line that it does not understand.
 */
export function parseDialogue(text: string, file = 'dialogue'): Dialogue {
  const header: Header = { roles: ['client', 'server'], quirks: strictQuirks, limits: {} };
  const steps: DialogueStep[] = [];
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    try {
      const lines = source === '! logged in' && steps.length === 0 ? login : [source];
      for (const line of lines) {
        const step = parseLine(line, index + 1, header, steps);
        if (step !== undefined) steps.push(step);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new DialogueError(error.message, { file, line: index + 1, actual: source, cause: error });
    }
  }
  if (!steps.some(({ type }) => type === 'octets')) {
    throw new DialogueError('nobody says anything in this dialogue', { file, line: 1 });
  }
  return { file, ...header, steps };
}

function parseLine(
  source: string,
  line: number,
  header: Header,
  before: readonly DialogueStep[],
): DialogueStep | undefined {
  if (source.trim() === '' || source.startsWith('#')) return undefined;
  const match = /^(S:|C:|=|!)(?: (.*))?$/s.exec(source);
  const [, mark, rest = ''] = match ?? [];
  switch (mark) {
    case 'S:':
      return { type: 'octets', line, from: 'server', octets: parseOctets(rest) };
    case 'C:':
      return { type: 'octets', line, from: 'client', octets: parseOctets(rest) };
    case '=': {
      const { expectation, role } = parseExpectation(rest);
      const closing = expectation.kind === 'closed' ? roleThatSeesEnd(before) : undefined;
      return { type: 'expect', line, role: role ?? closing, expectation };
    }
    case '!': {
      const words = rest.trim().split(/\s+/);
      if (parseHeader(words, header)) {
        if (before.length > 0) throw new SyntaxError('this directive must stand before everything else');
        return undefined;
      }
      return { type: 'directive', line, action: parseAction(words) };
    }
    default:
      throw new SyntaxError('a line begins with "S: ", "C: ", "= ", "! " or "#"');
  }
}

function parseOctets(text: string): Uint8Array {
  // A backslash that nothing follows and no other backslash escapes.
  const open = /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
  return open ? parseLiteral(text.slice(0, -1)) : concatenate([parseLiteral(text), lineEnd]);
}

function roleThatSeesEnd(before: readonly DialogueStep[]): Role | undefined {
  for (const step of before.toReversed()) {
    if (step.type !== 'directive') continue;
    if (step.action.name === 'server closes') return 'client';
    if (step.action.name === 'client closes') return 'server';
  }
  return undefined;
}

/** Whether it was a directive of the header; it has taken effect then. */
function parseHeader(words: readonly string[], header: Header): boolean {
  const [directive, first, second, ...more] = words;
  const plain = more.length === 0 && first !== undefined;
  switch (directive) {
    case 'role':
      if (!plain || second !== undefined || (first !== 'client' && first !== 'server')) {
        throw new SyntaxError('write "! role client" or "! role server"');
      }
      header.roles = [first];
      return true;
    case 'quirks':
      if (!plain || second !== undefined || (first !== 'strict' && first !== 'default')) {
        throw new SyntaxError('write "! quirks strict" or "! quirks default"');
      }
      header.quirks = first === 'strict' ? strictQuirks : defaultQuirks;
      return true;
    case 'quirk':
      if (!plain) throw new SyntaxError('write "! quirk NAME", with "on", "off" or "detect" behind it');
      header.quirks = { ...header.quirks, ...parseQuirk(first, second ?? 'on') };
      return true;
    case 'limit': {
      const maximum = Number(second);
      if (!plain || !Object.hasOwn(defaultLimits, first)) {
        throw new SyntaxError(`there are these limits: ${Object.keys(defaultLimits).join(', ')}`);
      }
      if (!Number.isSafeInteger(maximum) || maximum < 0) throw new SyntaxError('a limit is a whole number');
      header.limits = { ...header.limits, [first]: maximum };
      return true;
    }
    default:
      return false;
  }
}

function parseQuirk(name: string, value: string): Partial<Quirks> {
  if (!Object.hasOwn(defaultQuirks, name)) {
    throw new SyntaxError(`there are these quirks: ${Object.keys(defaultQuirks).join(', ')}`);
  }
  if (value === 'on' || value === 'off') return { [name]: value === 'on' };
  if (value === 'detect' && name === 'bareLineFeed') return { bareLineFeed: 'detect' };
  throw new SyntaxError(`${name} is "on" or "off"`);
}

function parseAction(words: readonly string[]): DialogueAction {
  const name = words.join(' ');
  switch (name) {
    case 'tls':
    case 'server closes':
    case 'client closes':
    case 'server resets':
    case 'server stalls':
      return { name };
    default: {
      const match = /^(pause|drip) (\d{1,6})$/.exec(name);
      const [, verb, milliseconds] = match ?? [];
      if (verb === 'pause' || verb === 'drip') return { name: verb, milliseconds: Number(milliseconds) };
      throw new SyntaxError(`"${name}" is no directive`);
    }
  }
}
