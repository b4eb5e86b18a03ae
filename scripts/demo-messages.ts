const message = (from: string, subject: string, body: string): string =>
  `From: ${from}\nTo: Ann <ann@example.org>\nSubject: ${subject}\nDate: Tue, 24 Nov 2026 09:00:00 +0000\nMIME-Version: 1.0\n\n${body}\n`;

/** What is in Ann's maildrop, in the demonstration and in the documentation. */
export const demoMessages: readonly string[] = [
  message('Bob <bob@example.net>', 'Lunch?', 'Are you free at noon?\n.\nBob'),
  message('Library <desk@library.example>', 'Two books are due', '..and a third one soon.'),
  message('=?utf-8?q?J=C3=BCrgen?= <j@example.de>', 'Fotos', 'Grüße aus Köln!'),
];
