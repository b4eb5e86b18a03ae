import { type Command, describeCommand } from './command.ts';
import {
  CommandRejectedError,
  ConnectionClosedError,
  type DeletionsCommitted,
  RemoteProtocolError,
} from './error.ts';
import type { StatusLine } from './status-line.ts';
import { decodeText, escapeExcerpt } from './text.ts';

const hints: { readonly [rule: string]: string } = {
  'foreign-protocol':
    'Check host, port and security: POP3 over TLS is on port 995 as a rule, and port 110 starts in plain text.',
  'octets-behind-stls': 'Somebody may be injecting commands; use POP3 over TLS (port 995) instead.',
};

const withheld = '[left out: it could hold the password]';

/** The error for octets that the grammar does not allow where they stand. */
export function protocolBroken(details: {
  readonly rule: string;
  readonly what: string;
  readonly octets: Uint8Array;
  readonly offset: number;
  readonly command: Command | undefined;
  /** Undefined: nothing of it may be shown, since a secret was sent that the server may quote. */
  readonly redact: ((text: string) => string) | undefined;
}): RemoteProtocolError {
  const { rule, what, octets, offset, command, redact } = details;
  const excerpt =
    redact === undefined ? withheld : escapeExcerpt(redact(decodeText(octets.subarray(0, 160))));
  return new RemoteProtocolError(
    `${what}: "${excerpt}"`,
    { rule, offset, excerpt },
    { command: command && describeCommand(command), hint: hints[rule] },
  );
}

/** The error for a `-ERR` answer. */
export function commandRejected(command: Command, status: StatusLine): CommandRejectedError {
  const words = status.text === '' ? 'gave no reason' : `said: ${escapeExcerpt(status.text, 300)}`;
  const described = describeCommand(command);
  return new CommandRejectedError(
    `the server refused ${described} and ${words}`,
    { text: status.text, responseCode: status.responseCode },
    { command: described },
  );
}

/** The error for a server that closes the connection while something is waited for: the greeting, where there is no command. */
export function closedBefore(
  command: Command | undefined,
  withinAnswer: boolean,
  deletionsCommitted: DeletionsCommitted,
): ConnectionClosedError {
  const described = command && describeCommand(command);
  const place =
    described === undefined
      ? 'before its greeting was complete'
      : `${withinAnswer ? 'in the middle of' : 'before'} the answer to ${described}`;
  return new ConnectionClosedError(
    `the server closed the connection ${place}`,
    { deletionsCommitted },
    { command: described },
  );
}
