import { CollectorError } from '../failure/index.ts';

/** What somebody wrote is no destination. */
export class DestinationSyntaxError extends CollectorError {
  override readonly name = 'DestinationSyntaxError';
  readonly code = 'ERR_COLLECT_DESTINATION_SYNTAX';
  readonly transient = false;

  constructor(text: string, what?: string, hint?: string) {
    super(what === undefined ? `'${text}' is no destination` : `the destination '${text}': ${what}`, {
      hint,
    });
  }
}
