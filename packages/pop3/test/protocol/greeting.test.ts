import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseTimestamp, recogniseProtocol } from '../../src/protocol/index.ts';

suite("a greeting's timestamp (RFC 1939 section 7)", () => {
  const timestamps: readonly (readonly [text: string, timestamp: string | undefined])[] = [
    ['POP3 ready <1896.697170952@dbc.mtview.ca.us>', '<1896.697170952@dbc.mtview.ca.us>'],
    ['<a@b> behind it', '<a@b>'],
    ['<no> <a@b>', '<a@b>'],
    ['<a@[127.0.0.1]>', '<a@[127.0.0.1]>'],
    ['no brackets a@b', undefined],
    ['<nobody>', undefined],
    ['<@>', undefined],
    ['<a@>', undefined],
    ['<a@b@c>', undefined],
    ['<a b@c>', undefined],
    ['<a@b', undefined],
    ['<a\x00@b>', undefined],
    ['<ä@b>', undefined],
  ];
  for (const [text, timestamp] of timestamps) {
    test(`${JSON.stringify(text)}: ${timestamp ?? 'none'}`, () => {
      assert.equal(parseTimestamp(text), timestamp);
    });
  }
});

suite('the first line of another protocol', () => {
  const lines: readonly (readonly [line: string, protocol: string | undefined])[] = [
    ['220 mail.example.org ESMTP', 'SMTP'],
    ['220-more', 'SMTP'],
    ['554 no service', 'SMTP'],
    ['220 ProFTPD', 'FTP'],
    ['* OK IMAP4rev1', 'IMAP'],
    ['* BYE', 'IMAP'],
    ['HTTP/1.1 400 Bad Request', 'HTTP'],
    ['SSH-2.0-x', 'SSH'],
    ['200 news ready', 'NNTP'],
    ['"IMPLEMENTATION" "x"', 'ManageSieve'],
    ['\x15\x03\x01', 'TLS'],
    ['+OK', undefined],
    ['hello', undefined],
    ['2200', undefined],
  ];
  for (const [line, protocol] of lines) {
    test(`${JSON.stringify(line)}: ${protocol ?? 'unknown'}`, () => {
      assert.equal(recogniseProtocol(line), protocol);
    });
  }
});
