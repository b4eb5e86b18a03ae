/** One key of a result: its path, such as `attachments[].name`, and what its value is. */
export type JsonKey = readonly [path: string, description: string];

/** One kind of result. */
export interface JsonShape {
  /** When it is this one, where a command has several: `type "delivered"`, `with --headers`. */
  readonly when?: string | undefined;
  readonly keys: readonly JsonKey[];
}

/** What a command prints with `--json`: help, man page and reference say it, and tests hold the program to it. */
export interface JsonOutput {
  /** One object, an array of objects, or one object a line, as things happen. */
  readonly form: 'object' | 'array' | 'lines';
  readonly shapes: readonly JsonShape[];
}

const forms = {
  object: 'one object',
  array: 'an array of objects',
  lines: 'one object a line, as things happen',
} as const;

/** The form of what is printed, in words. */
export function jsonForm({ form }: JsonOutput): string {
  return forms[form];
}
