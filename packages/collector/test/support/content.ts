/** Messages that are easily damaged, as they come over the wire: with CRLF line ends. */
export const oddMessages: readonly (readonly [name: string, octets: Buffer])[] = [
  ['an ordinary one', latin1('From: a@b\r\nSubject: x\r\n\r\nbody\r\n')],
  ['dots', latin1('Subject: x\r\n\r\n.\r\n..\r\n.a\r\n')],
  [
    'From lines',
    latin1('From: a\r\n\r\nFrom x\r\n>From y\r\n>>From z\r\nFrom\r\nFromage\r\n From\r\nfrom x\r\n'),
  ],
  ['a From line at the very beginning', latin1('From x\r\n\r\nFrom \r\n')],
  ['bare CR and bare LF', latin1('a\rb\nc\r\r\nd\n\re\r\n\r\r\n')],
  [
    'every octet',
    Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)), latin1('\r\n')]),
  ],
  ['NUL', latin1('\0\0\r\n\0\r\n')],
  ['no line end at the end', latin1('Subject: x\r\n\r\nend')],
  ['a CR at the end', latin1('Subject: x\r\n\r\nend\r')],
  ['only >', latin1(`${'>'.repeat(300_000)}\r\n>From x\r\n`)],
  ['only line ends', latin1('\r\n'.repeat(1000))],
  ['nothing', latin1('')],
  ['a long line', latin1(`Subject: x\r\n\r\n${'x'.repeat(1_000_000)}\r\n`)],
];

/** The one change that Maildir and mbox make. */
export function toLineFeeds(octets: Buffer): string {
  return octets.toString('latin1').replaceAll('\r\n', '\n');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
