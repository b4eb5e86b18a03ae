import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dovecot } from './dovecot.ts';

/** A message, exactly as POP3 is to give it back: with CRLF at the end of each line. */
export interface CorpusMessage {
  readonly name: string;
  readonly octets: Buffer;
  readonly sha256: string;
}

/** How many messages, and of which size. */
export interface CorpusOptions {
  readonly count: number;
  /** Octets of the body of message `index`; 2,000 by default. */
  readonly bodyOctets?: ((index: number, random: () => number) => number) | undefined;
  /** Puts the odd ones first: dots, 8-bit octets, NUL, nothing at all, no body, no header, long lines, 5 MB. */
  readonly odd?: boolean | undefined;
}

/** Messages that are the same at every call. */
export function* makeCorpus({
  count,
  bodyOctets = () => 2000,
  odd = false,
}: CorpusOptions): Generator<CorpusMessage> {
  const random = seededRandom(1939);
  let index = 0;
  const oddities = odd ? makeOddities(random) : [];
  for (const [name, octets] of oddities) {
    if (index === count) return;
    yield toMessage(`${pad(index)}-${name}`, octets);
    index++;
  }
  for (; index < count; index++) {
    const body = makeBody(bodyOctets(index, random), random);
    yield toMessage(pad(index), Buffer.concat([makeHeader(index), body]));
  }
}

/** Writes messages into a user's Maildir, with LF at the end of each line as Maildir has it. */
export function fillMaildir(
  dovecot: Dovecot,
  user: string,
  corpus: Iterable<CorpusMessage>,
): CorpusMessage[] {
  const folder = dovecot.maildir(user);
  mkdirSync(folder, { mode: 0o700, recursive: true });
  dovecot.own(folder);
  for (const name of ['cur', 'new', 'tmp']) {
    mkdirSync(join(folder, name), { mode: 0o700, recursive: true });
    dovecot.own(join(folder, name));
  }
  const messages: CorpusMessage[] = [];
  for (const message of corpus) {
    const path = join(
      folder,
      'cur',
      `1700000000.${message.name}.corpus,S=${toLineFeed(message.octets).length}:2,`,
    );
    writeFileSync(path, toLineFeed(message.octets), { mode: 0o600 });
    dovecot.own(path);
    messages.push(message);
  }
  return messages;
}

/** CRLF to LF, and nothing else. */
export function toLineFeed(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function makeOddities(random: () => number): [string, Buffer][] {
  const header = 'From: a@example.org\r\nSubject: odd\r\n\r\n';
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  const every = Buffer.from(
    Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => octet !== 10 && octet !== 13),
  );
  return [
    ['dots', latin1(`${header}.\r\n..\r\n...\r\n.a\r\n. \r\nend\r\n.\r\n`)],
    ['only-dot', latin1(`${header}.\r\n`)],
    ['eight-bit', Buffer.concat([latin1(header), every, latin1('\r\n')])],
    ['nul', latin1(`${header}\0\0a\0\r\n\0.\r\n.\0\r\n`)],
    ['empty', Buffer.alloc(0)],
    ['header-only', latin1('From: a@example.org\r\nSubject: no body\r\n\r\n')],
    ['no-header', latin1('\r\nonly a body\r\n')],
    ['blank-lines', latin1(`${header}${'\r\n'.repeat(500)}`)],
    ['long-line', latin1(`${header}${'x'.repeat(1_000_000)}\r\n`)],
    ['utf-8', Buffer.from(`${header}Grüße, 日本語, 🎉\r\n`)],
    ['five-megabytes', Buffer.concat([latin1(header), makeBody(5_000_000, random)])],
  ];
}

function makeHeader(index: number): Buffer {
  const lines = [
    'Return-Path: <sender@example.org>',
    `Date: Tue, 24 Nov 2026 10:${pad(index % 60).slice(-2)}:00 +0000`,
    `From: Sender ${index} <sender${index}@example.org>`,
    'To: someone@example.net',
    `Message-ID: <${index}.corpus@example.org>`,
    `Subject: Message ${index} of the corpus`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

const block = makeBlock();

// Text in lines of up to 76, one line in twenty beginning with a dot.
function makeBlock(): string {
  const random = seededRandom(2449);
  let text = '';
  while (text.length < 1 << 17) {
    const letters = Array.from({ length: 20 + Math.floor(random() * 56) }, () =>
      String.fromCharCode(97 + Math.floor(random() * 26)),
    );
    text += `${random() < 0.05 ? '.' : ''}${letters.join('')}\r\n`;
  }
  return text;
}

function makeBody(octets: number, random: () => number): Buffer {
  const start = block.indexOf('\r\n', Math.floor(random() * 60_000)) + 2;
  let text = block.slice(start, start + octets);
  while (text.length < octets) text += block.slice(0, octets - text.length);
  return Buffer.from(`${text.slice(0, Math.max(0, octets - 2)).replace(/\r$/, '')}\r\n`, 'latin1');
}

function toMessage(name: string, octets: Buffer): CorpusMessage {
  return { name, octets, sha256: createHash('sha256').update(octets).digest('hex') };
}

function pad(index: number): string {
  return String(index).padStart(6, '0');
}

// mulberry32: small, and the same everywhere.
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
