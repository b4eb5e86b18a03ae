import { parseProxy } from '../proxy/proxy-url.ts';
import type { FlagGroup } from './definition.ts';
import { choiceFlag, choiceListFlag, mapFlag, numberFlag, switchFlag, textFlag } from './flag.ts';

/** The ways to log in, strongest first within their kind, by the names that `--auth` takes. */
export const mechanismNames = [
  'scram-sha-512-plus',
  'scram-sha-512',
  'scram-sha-256-plus',
  'scram-sha-256',
  'scram-sha-1-plus',
  'scram-sha-1',
  'oauthbearer',
  'xoauth2',
  'cram-md5',
  'apop',
  'plain',
  'login',
  'user',
  'external',
  'anonymous',
] as const;

const kerberos = 'it needs a Kerberos library: use scram-sha-256, or plain inside TLS';

/** Ways to log in that are not done, and what to use instead. */
const refusedMechanisms: Readonly<Record<string, string>> = {
  'digest-md5': 'it is historic (RFC 6331): use scram-sha-256, or plain inside TLS',
  ntlm: 'it is proprietary and broken: use oauthbearer, xoauth2, or plain inside TLS',
  gssapi: kerberos,
  'gss-spnego': kerberos,
};

/** How passwords that are not ASCII are written. */
export const passwordEncodings = ['utf-8', 'latin1'] as const;

/** How the connection is protected. */
export const securityNames = ['tls', 'starttls', 'none'] as const;

export const portFlag = numberFlag({
  name: 'port',
  short: 'p',
  description: 'The TCP port',
  value: { name: 'N' },
  minimum: 1,
  maximum: 65_535,
  fallback: '995 with tls, otherwise 110',
});

export const securityFlag = choiceFlag({
  name: 'security',
  description: 'TLS from the first octet, TLS by STLS, or no protection at all',
  value: { name: 'HOW' },
  choices: securityNames,
  fallback: 'tls',
});

export const caFlag = textFlag({
  name: 'ca',
  description: 'Trust the certificate authorities in this PEM file instead of the usual ones',
  value: { name: 'FILE', complete: 'file' },
});

export const pinFlag = textFlag({
  name: 'pin',
  description:
    "Accept the certificate with this public key only (SHA-256 of the SPKI, base64; 'doctor' shows it)",
  value: { name: 'SHA256' },
});

export const certFlag = textFlag({
  name: 'cert',
  description: 'Present this client certificate (PEM); needs --key',
  value: { name: 'FILE', complete: 'file' },
});

export const keyFlag = textFlag({
  name: 'key',
  description: 'The private key of the client certificate (PEM)',
  value: { name: 'FILE', complete: 'file' },
});

export const proxyFlag = mapFlag(
  textFlag({
    name: 'proxy',
    description:
      'Connect through a proxy: socks5://HOST:PORT or http://HOST:PORT, with USER:PASSWORD@ before the host where needed',
    value: { name: 'URL' },
  }),
  (text) => {
    parseProxy(text);
    return text;
  },
);

export const timeoutFlag = numberFlag({
  name: 'timeout',
  description: 'The longest wait for the server',
  value: { name: 'SECONDS' },
  minimum: 1,
  maximum: 86_400,
  fallback: '60',
});

export const traceFlag = textFlag({
  name: 'trace',
  description: 'Write the dialogue, without its secrets, to standard error or to a file',
  value: { name: 'FILE', optional: true, complete: 'file' },
});

export const authFlag = choiceListFlag({
  name: 'auth',
  description: 'Log in by one of these ways only, in this order',
  value: { name: 'MECH[,MECH...]' },
  choices: mechanismNames,
  refused: refusedMechanisms,
  fallback: 'the strongest that is safe',
});

export const cleartextFlag = switchFlag({
  name: 'allow-cleartext-password',
  description: 'With --security none: send a password that anybody on the way can read',
});

export const passwordCommandFlag = textFlag({
  name: 'password-command',
  description: 'Run this command; the first line that it prints is the password',
  value: { name: 'CMD' },
});

export const passwordFileFlag = textFlag({
  name: 'password-file',
  description: "Read the password from the first line of this file ('-': standard input)",
  value: { name: 'FILE', complete: 'file' },
});

export const tokenCommandFlag = textFlag({
  name: 'token-command',
  description: 'Run this command; the first line that it prints is an OAuth 2.0 access token',
  value: { name: 'CMD' },
});

export const passwordEncodingFlag = choiceFlag({
  name: 'password-encoding',
  description: 'How a password that is not ASCII is written; latin1 is for servers that predate UTF-8',
  value: { name: 'ENCODING' },
  choices: passwordEncodings,
  fallback: 'utf-8',
});

export const actAsFlag = textFlag({
  name: 'act-as',
  description: 'Log in as USER, and ask for the maildrop of this other user (SASL authorization identity)',
  value: { name: 'NAME' },
});

/** Where to connect to, and how. */
export const connectionGroup: FlagGroup = {
  title: 'Connection options',
  flags: [portFlag, securityFlag, caFlag, pinFlag, certFlag, keyFlag, proxyFlag, timeoutFlag, traceFlag],
};

/** How to log in, and where the password comes from. */
export const loginGroup: FlagGroup = {
  title: 'Login options',
  flags: [
    authFlag,
    cleartextFlag,
    passwordCommandFlag,
    passwordFileFlag,
    tokenCommandFlag,
    passwordEncodingFlag,
    actAsFlag,
  ],
};
