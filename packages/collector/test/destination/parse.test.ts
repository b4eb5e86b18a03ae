import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { suite, test } from 'node:test';
import { Secret } from '@postrider/pop3';
import {
  CommandDestination,
  type Destination,
  EmlDestination,
  ImapDestination,
  MaildirDestination,
  MboxDestination,
  needsPassword,
  parseDestination,
  SmtpDestination,
} from '../../src/index.ts';

const context = { recipient: 'ann@example.org', password: new Secret('p4ss') };

suite('what a user writes as a destination', () => {
  for (const [text, kind] of [
    ['maildir:Mail', MaildirDestination],
    ['maildir:/home/ann/My Mail', MaildirDestination],
    ['mbox:inbox', MboxDestination],
    ['eml:C:\\mail', EmlDestination],
    ['command:tee a | cat > b:c', CommandDestination],
    ['mda:procmail -d ann', CommandDestination],
    ['lmtp://127.0.0.1:24', SmtpDestination],
    ['lmtp://mail.example.org?to=bob@example.org', SmtpDestination],
    ['lmtp:/run/dovecot/lmtp', SmtpDestination],
    ['lmtp:/run/dovecot/lmtp?to=bob', SmtpDestination],
    ['smtp://[::1]:2525', SmtpDestination],
    ['smtp://mail.example.org?tls=none&from=postmaster@example.org', SmtpDestination],
    ['smtps://ann%40example.org@mail.example.org', SmtpDestination],
    ['imaps://ann@mail.example.org/Archive/2026', ImapDestination],
    ['imap://ann@127.0.0.1:143/INBOX?tls=none', ImapDestination],
  ] as const) {
    test(text, () => {
      const destination = parseDestination(text, context);
      const { name, label = name }: Destination = destination;
      assert.equal(label, text);
      assert.ok(destination instanceof kind);
      assert.doesNotMatch(JSON.stringify(destination), /p4ss/);
    });
  }
});

suite('the same place has the same name, however it was written', () => {
  for (const scheme of ['maildir', 'mbox', 'eml']) {
    test(scheme, () => {
      const name = (path: string, resolvePath?: (path: string) => string): string =>
        parseDestination(`${scheme}:${path}`, { ...context, resolvePath }).name;
      const whole = `${scheme}:${resolve('a/Mail')}`;
      for (const path of ['a/Mail', './a/Mail', 'a/Mail/', 'a/b/../Mail', resolve('a/Mail')])
        assert.equal(name(path), whole, path);
      assert.equal(
        name('Mail', (path) => `/home/ann/${path}`),
        `${scheme}:${resolve('/home/ann/Mail')}`,
      );
      assert.notEqual(name('Mail'), whole);
    });
  }
});

suite('what is none is refused, with what to do', () => {
  for (const [text, message, hint] of [
    ['Mail', /^'Mail' is no destination$/, /There are: maildir:PATH/],
    ['maildir:', /is no destination/, /There are/],
    ['pop3://x', /is no destination/, /There are/],
    ['maildir:a\nb', /one line/, undefined],
    ['smtp://', /it is no URL/, /smtp:\/\/HOST/],
    ['smtp://ann:p4ss@mail.example.org', /a password must not stand in it/, /POSTRIDER_TO_PASSWORD/],
    ['smtp://mail.example.org?cc=x', /no parameter 'cc'/, /to, from, tls, ca/],
    ['smtps://mail.example.org?tls=none', /no parameter 'tls'/, /to, from, ca/],
    ['smtp://mail.example.org?tls=maybe', /tls=maybe means nothing/, /none or starttls/],
    ['smtp://ann@mail.example.org?tls=none', /cross the network without TLS/, /Leave tls=none out/],
    ['imap://ann@mail.example.org/?tls=none', /cross the network without TLS/, /Leave tls=none out/],
    ['lmtp://h?to=a@x,b@x', /no single address/, /--to several times/],
    ['lmtp://h?to=a%0d%0aRCPT', /no single address/, /--to several times/],
    ['lmtp://h/ann', /a path means nothing/, /\?to=ADDRESS/],
    ['imaps://mail.example.org/INBOX', /names no user/, /imaps:\/\/USER@HOST/],
    ['imaps://a@h/?ca=/no/such/file', /authorities cannot be read/, /Check the path/],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.throws(() => parseDestination(text, context), {
        name: 'DestinationSyntaxError',
        code: 'ERR_COLLECT_DESTINATION_SYNTAX',
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    });
  }
});

test('a password is needed where a user is named, and nowhere else', () => {
  for (const text of ['imaps://a@h/x', 'imap://a@h', 'smtp://a%40b@h:587', 'smtps://a@h?to=b@c'])
    assert.equal(needsPassword(text), true, text);
  for (const text of ['smtp://h?to=a@b', 'lmtp://h?to=a@b', 'maildir:a@b', 'command:mail a@b', 'smtp://h/@'])
    assert.equal(needsPassword(text), false, text);
});
