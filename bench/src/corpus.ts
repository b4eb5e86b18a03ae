import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type CorpusOptions, fillMaildir, makeCorpus, toLineFeed } from '../../interop/src/corpus.ts';
import type { Dovecot } from '../../interop/src/dovecot.ts';

/** What the messages of a corpus must hash to, whatever the format they are kept in. */
export interface Expected {
  readonly messages: number;
  /** As POP3 has them. */
  readonly octets: number;
  /** SHA-256 of each message from {@link firstLine} on, as POP3 has it. */
  readonly crlf: ReadonlySet<string>;
  /** The same with LF line ends. */
  readonly lf: ReadonlySet<string>;
}

/** The first line that every client leaves alone: some add a header of their own before it, or take Return-Path away. */
export const firstLine = 'Date: Tue, 24 Nov 2026 10:';

/** Puts messages into a user's Maildir. */
export function fill(dovecot: Dovecot, user: string, options: CorpusOptions): Expected {
  const crlf = new Set<string>();
  const lf = new Set<string>();
  let octets = 0;
  for (const message of makeCorpus(options)) {
    fillMaildir(dovecot, user, [message]);
    const content = message.octets.subarray(message.octets.indexOf(firstLine));
    crlf.add(sha256(content));
    lf.add(sha256(toLineFeed(content)));
    octets += message.octets.length;
  }
  return { messages: options.count, octets, crlf, lf };
}

/** Puts one message of about so many octets into a user's Maildir, without ever holding it whole. */
export function fillHuge(dovecot: Dovecot, user: string, atLeast: number): Expected {
  const [model] = makeCorpus({ count: 1, bodyOctets: () => 1 << 20 });
  if (model === undefined) throw new Error('there is no model message');
  fillMaildir(dovecot, user, []);
  const header = model.octets.subarray(0, model.octets.indexOf('\r\n\r\n') + 4);
  const body = model.octets.subarray(header.length);
  const bodies = Math.ceil(atLeast / body.length);
  const path = join(dovecot.maildir(user), 'cur', '1700000000.000000.corpus:2,');
  const file = openSync(path, 'w', 0o600);
  const crlf = createHash('sha256');
  const lf = createHash('sha256');
  const put = (octets: Buffer, hashedFrom = 0): void => {
    writeSync(file, toLineFeed(octets));
    crlf.update(octets.subarray(hashedFrom));
    lf.update(toLineFeed(octets.subarray(hashedFrom)));
  };
  put(header, header.indexOf(firstLine));
  for (let count = 0; count < bodies; count++) put(body);
  closeSync(file);
  dovecot.own(path);
  return {
    messages: 1,
    octets: header.length + bodies * body.length,
    crlf: new Set([crlf.digest('hex')]),
    lf: new Set([lf.digest('hex')]),
  };
}

function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
