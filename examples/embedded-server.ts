// A POP3 server inside your own program, over messages that it makes itself. Ctrl-C ends it.
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';

const tickets = [
  { id: 'ticket-7', from: 'bob@example.net', subject: 'Printer on fire', text: 'Please hurry.' },
  { id: 'ticket-8', from: 'eve@example.net', subject: 'Password', text: 'I forgot mine.\n.\nSorry!' },
];
const maildrop = new MemoryMaildrop();
for (const { id, from, subject, text } of tickets) {
  maildrop.add(`From: ${from}\nTo: desk@example.org\nSubject: ${subject}\n\n${text}\n`, { uniqueId: id });
}

const server = new Pop3Server({
  users: { desk: process.env['POP3_PASSWORD'] ?? 'secret' },
  maildrop: () => maildrop,
  log: ({ event, user, mechanism }) => console.log([event, user, mechanism].filter(Boolean).join(' ')),
});
// On loopback, without TLS: CRAM-MD5, SCRAM and APOP are offered, ways that send the password are not.
// With `tls: { cert, key }` it listens with STLS, or with `security: 'tls'`.
const { host, port } = await server.listen();
console.log(`listening on ${host}:${port}`);
process.once('SIGINT', () => server.close());
