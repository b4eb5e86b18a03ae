/** A dialogue that cannot be read, or that did not go as it says. `file:line` stands first in its message. */
export class DialogueError extends Error {
  override readonly name = 'DialogueError';
  readonly code = 'ERR_POP3_DIALOGUE';
  readonly file: string;
  /** 1 for the file's first line. */
  readonly line: number;
  readonly expected: string | undefined;
  readonly actual: string | undefined;

  constructor(
    message: string,
    details: {
      readonly file: string;
      readonly line: number;
      readonly expected?: string | undefined;
      readonly actual?: string | undefined;
      /** What was seen before, one line each. */
      readonly transcript?: readonly string[] | undefined;
      readonly cause?: unknown;
    },
  ) {
    const { expected, actual, transcript = [] } = details;
    const lines = [`${details.file}:${details.line}: ${message}`];
    if (expected !== undefined) lines.push(`  expected: ${expected}`);
    if (actual !== undefined) lines.push(`  actual:   ${actual}`);
    if (transcript.length > 0) {
      lines.push('  before that:', ...transcript.slice(-12).map((entry) => `    ${entry}`));
    }
    super(lines.join('\n'), details.cause === undefined ? undefined : { cause: details.cause });
    this.file = details.file;
    this.line = details.line;
    this.expected = expected;
    this.actual = actual;
  }
}
