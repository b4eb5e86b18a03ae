const words: readonly (readonly [library: RegExp, flags: string])[] = [
  [/give its authority as the CA, or its pin/, 'give its authority with --ca, or its pin with --pin'],
  [/give its certificate as the CA/, 'give its certificate with --ca'],
  [/set the pin (\S+?)\.$/, 'add: --pin $1'],
  [/change the pin/, 'change --pin'],
  [/the [a-z]+ timeout/, '--timeout'],
  [/`cert` and `key`/, '--cert and --key'],
  [
    /an encrypted key needs its passphrase/,
    'an encrypted key has to be decrypted first, as by openssl pkey -in KEY -out NEW',
  ],
  [
    /Give the client certificate that the server expects, and its key\./,
    'Give the client certificate that the server expects with --cert, and its key with --key.',
  ],
  [
    /Use security "tls" or "starttls"[;.] allowCleartextPassword(?:: true| \(--allow-cleartext-password\)) sends it(?: readable)? all the same\./,
    'Use --security tls or starttls. --allow-cleartext-password sends it readable all the same.',
  ],
  // No flag does that.
  [/; with pipelining: false it may not\./, ': whoever runs it has to mend that.'],
  [/[Uu]se security "tls"/, 'Use --security tls'],
  [/[Uu]se implicit TLS \(port 995\)/, 'Use --security tls (port 995)'],
];

/** A hint of the library in the words of the command line: flags for options. */
export function inFlags(hint: string): string {
  return words.reduce((text, [library, flags]) => text.replace(library, flags), hint);
}
