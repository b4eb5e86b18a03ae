/** The page about where mail can be delivered. */
export const destinationText = `Where postrider collect delivers. --to can be repeated: every destination gets
every message. A message is done when all of them have it. One that cannot be
delivered to does not keep mail from the others; a later run delivers to it, and
to it alone, what it lacks. What is done is not fetched again for a destination
that is named later; with a ledger of its own (--ledger FILE) it gets that, too.

  maildir:PATH      A Maildir, made where there is none. Line ends become LF.
                    Each message has one name for ever, so that it is never
                    there twice.
  mbox:PATH         An mbox file (mboxrd), locked by PATH.lock. Line ends become
                    LF.
  eml:PATH          A folder of .eml files: the exact octets.
                    A PATH is seen from the working folder, in the configuration
                    from the home folder. The ledger knows the whole path: the
                    same words in two folders are two destinations.
  command:CMD       A command of the shell gets each message, its exact octets,
                    on standard input.
  mda:CMD           The same with LF line ends, as programs that deliver mail
                    want it: mda:procmail -d ann
  lmtp://HOST:PORT  A mail server by LMTP; lmtp:/run/dovecot/lmtp is a socket of
                    this machine.
  smtp://HOST       A mail server by SMTP: port 25, or 587 with a user.
  smtps://HOST      The same with TLS from the first octet: port 465.
  imap(s)://USER@HOST/FOLDER
                    A folder of an IMAP server, made where there is none. Each
                    message gets the date of its header.

Parameters of mail servers, such as lmtp://127.0.0.1:24?to=ann:

  to=ADDRESS        Who gets it (LMTP, SMTP); otherwise the user whose
                    maildrop it is. For several, repeat --to.
  from=ADDRESS      The sender, who gets bounces (LMTP, SMTP); otherwise nobody.
  tls=none          No TLS. Without it, connections that leave this machine need
                    TLS, and so does every password.
  ca=FILE           Trust this authority (PEM).

A user with an @ is written as ann%40example.org@mail.example.org. The password
comes from --to-password-command, POSTRIDER_TO_PASSWORD, or a prompt.

Commands:

  Exit status 0: it has the message. 75 (EX_TEMPFAIL): the next run tries again.
  Any other: it does not want the message, which is set aside after three runs;
  postrider ledger retry tries it again. What takes longer than five minutes is
  ended, with all that it started. The environment has POSTRIDER_ACCOUNT and
  POSTRIDER_UNIQUE_ID, percent-encoded so that they do no harm in a script,
  POSTRIDER_MESSAGE_ID (the same for the same message for ever) and
  POSTRIDER_OCTETS.

After a crash, files and IMAP servers are asked whether they have a message that
was on its way. Commands, LMTP and SMTP servers cannot be asked: --on-doubt
deliver gives it to them again, perhaps for the second time; --on-doubt hold
leaves it on the server and names it, until a run with --on-doubt deliver.`;
