import type { Io, TextSink } from '../io.ts';
import { escapeLines, escapeText, splitText } from './escape.ts';
import { makePainter, type Painter, wantsColor } from './style.ts';

// To the beginning of the line, and nothing to the right of it (ECMA-48: EL).
const eraseLine = '\r\x1b[K';

/** How the user wants things printed. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: 'auto' | 'always' | 'never' | undefined;
}

/**
 * The one place that writes: results to standard output, all else to standard error.
 *
 * Text with colours in it comes from `paint` and `printPainted`; everything else is escaped here, so that nothing that a
 * server chose can act on a terminal.
 */
export class Output {
  /** Results are printed as JSON. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Colours text for standard output. */
  readonly paint: Painter;
  /** Colours text for standard error. */
  readonly paintNote: Painter;
  readonly #io: Io;
  #status: string | undefined;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.json = options.json;
    this.quiet = options.quiet;
    this.verbose = options.verbose;
    this.paint = makePainter(wantsColor(options.color, io.env, io.stdout.isTTY === true));
    this.paintNote = makePainter(wantsColor(options.color, io.env, io.stderr.isTTY === true));
  }

  /** The width of the terminal that results go to; undefined where it is none. */
  get columns(): number | undefined {
    return widthOf(this.#io.stdout);
  }

  /** That of the one that all else goes to. */
  get noteColumns(): number | undefined {
    return widthOf(this.#io.stderr);
  }

  /** Standard error is a terminal that somebody watches, and progress is wanted. */
  get showsProgress(): boolean {
    return this.#io.stderr.isTTY === true && !this.quiet && !this.json;
  }

  /**
   * Keeps a line of ASCII at the bottom of the terminal while other lines go by above it; undefined takes it away. Does nothing where progress is not
   * wanted.
   */
  showStatus(text: string | undefined): void {
    if (!this.showsProgress) return;
    const columns = this.noteColumns ?? 80;
    // Room for the ^C that a terminal writes behind it.
    const line = text === undefined ? undefined : escapeText(text).slice(0, columns - 3);
    if (line === this.#status) return;
    this.#io.stderr.write(`${eraseLine}${line ?? ''}`);
    this.#status = line;
  }

  /** Prints a result: lines of text, escaped. */
  print(text: string): void {
    for (const piece of splitText(`${text}\n`)) this.#write(this.#io.stdout, escapeLines(piece));
  }

  /** Prints a result whose parts were escaped and painted already, such as a table. Ends lines itself. */
  printPainted(text: string): void {
    this.#write(this.#io.stdout, text);
  }

  /** Prints a result as JSON, indented for people; JSON itself escapes C0, and the rest is escaped as `\uXXXX`. */
  printJson(value: unknown): void {
    this.#writeJson(value, 2);
  }

  /** Prints one JSON object on one line, for results that come one by one. */
  printJsonLine(value: unknown): void {
    this.#writeJson(value);
  }

  /**
   * Writes content to standard output, waiting where the reader is slow: its octets as they are, but on a terminal as text with escapes.
   */
  async writeContent(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { stdout, signal } = this.#io;
    if (!this.isTerminal) {
      for await (const octets of content) await writeAll(stdout, octets, signal);
      return;
    }
    const decoder = new TextDecoder();
    // A CR may be the first half of a line end: it waits for what comes next.
    let held = '';
    for await (const octets of content) {
      const text = held + decoder.decode(octets, { stream: true });
      held = text.endsWith('\r') ? '\r' : '';
      await writeAll(stdout, escapeLines(held === '' ? text : text.slice(0, -1)), signal);
    }
    stdout.write(escapeLines(held + decoder.decode()));
  }

  /** Standard output is a terminal. */
  get isTerminal(): boolean {
    return this.#io.stdout.isTTY === true;
  }

  /** Tells the user something on the side; not with --quiet. */
  note(text: string): void {
    if (!this.quiet) this.#diagnose(text);
  }

  /** Tells the user what to do now, in lines; also with --quiet, as nothing goes on without it. */
  instruct(text: string): void {
    this.#write(this.#io.stderr, `${escapeLines(text)}\n`);
  }

  /** As {@link instruct}, for what was escaped and painted already, such as a table. Ends lines itself. */
  instructPainted(text: string): void {
    this.#write(this.#io.stderr, text);
  }

  /** Tells the user something that is not as it should be; also with --quiet. */
  warn(text: string): void {
    this.#write(this.#io.stderr, `${this.paintNote('warning', 'warning:')} ${escapeText(text)}\n`);
  }

  /** Says more, with --verbose. */
  detail(text: string): void {
    if (this.verbose) this.#write(this.#io.stderr, `${this.paintNote('faint', escapeText(text))}\n`);
  }

  /** One line of the dialogue. */
  trace(line: string): void {
    this.#write(this.#io.stderr, `${this.paintNote('faint', escapeText(line))}\n`);
  }

  /** An error: a sentence, and what to do about it. */
  error(sentence: string, hint: string | undefined): void {
    this.#write(this.#io.stderr, `${this.paintNote('bad', 'postrider:')} ${escapeText(sentence)}\n`);
    if (hint !== undefined) this.hint(hint);
  }

  /** What to do about something that was said; also with --quiet. */
  hint(text: string): void {
    this.#write(this.#io.stderr, `${this.paintNote('name', 'hint:')} ${escapeText(text)}\n`);
  }

  /** Several lines for people who look for a bug. */
  debug(text: string): void {
    this.#write(this.#io.stderr, `${escapeLines(text)}\n`);
  }

  #writeJson(value: unknown, indent?: number): void {
    const text = `${JSON.stringify(value, present, indent)}\n`;
    for (const piece of splitText(text)) this.#write(this.#io.stdout, escapeInJson(piece));
  }

  #write(sink: TextSink, text: string): void {
    if (this.#status === undefined) {
      sink.write(text);
      return;
    }
    this.#io.stderr.write(eraseLine);
    sink.write(text);
    this.#io.stderr.write(this.#status);
  }

  #diagnose(text: string): void {
    this.#write(this.#io.stderr, `${escapeText(text)}\n`);
  }
}

// A terminal that does not know how wide it is says 0.
function widthOf({ isTTY, columns = 0 }: TextSink): number | undefined {
  return isTTY === true ? columns || 80 : undefined;
}

// JSON.stringify leaves DEL, C1, bidi controls and the other invisible characters as they are; a terminal would act on them. By UTF-16
// code unit, as JSON escapes them: the last alternative is the tags, U+E0000 to U+E007F.
const unsafeInJson =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40(?=[\udc00-\udc7f])|(?<=\udb40)[\udc00-\udc7f]/g;

function escapeInJson(text: string): string {
  return text.replace(
    unsafeInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// What is not known is null: a key that comes and goes is no key to rely on.
function present(_: string, one: unknown): unknown {
  return one === undefined ? null : one;
}

async function writeAll(sink: TextSink, octets: Uint8Array | string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (sink.write(octets)) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal.reason);
  sink.once('drain', resolve);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
