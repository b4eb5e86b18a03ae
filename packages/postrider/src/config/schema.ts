import { z } from 'zod';
import { parseAge, parseSize } from '../flag/collect.ts';
import { mechanismNames, passwordEncodings, securityNames } from '../flag/connection.ts';
import { FlagError } from '../flag/flag.ts';
import { flowNames } from '../flag/oauth.ts';
import { parseProxy } from '../proxy/proxy-url.ts';

const text = z.string().min(1);

// What a flag would say about the same value.
const checked = (parse: (value: string) => unknown) =>
  text.check(({ value, issues }) => {
    try {
      parse(value);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      issues.push({ code: 'custom', message: error.message, input: value });
    }
  });

const oauth = z.strictObject({
  provider: z.enum(['google', 'microsoft']).optional().describe('whose servers give the tokens'),
  issuer: text.optional().describe('the URL of the OpenID provider, where it is none of those'),
  'authorization-endpoint': text.optional().describe('where users sign in, without an issuer'),
  'token-endpoint': text.optional().describe('where tokens come from, without an issuer'),
  'device-authorization-endpoint': text
    .optional()
    .describe('where device codes come from, without an issuer'),
  'revocation-endpoint': text.optional().describe('where tokens are revoked, without an issuer'),
  'client-id': text.optional().describe('the identifier of the registered application'),
  'client-secret-command': text.optional().describe('a command that prints its secret'),
  tenant: text.optional().describe('the directory of a Microsoft organisation'),
  flow: z.enum(flowNames).optional().describe('browser, device or client-credentials'),
  scopes: z.array(text).min(1).optional().describe('what is asked for, where the usual is not enough'),
});

const account = z.strictObject({
  host: text.describe('the server'),
  user: text.describe('the name to log in with'),
  port: z.int().min(1).max(65_535).optional().describe('the TCP port'),
  security: z.enum(securityNames).optional().describe('tls, starttls or none'),
  ca: text.optional().describe('a PEM file of the authorities to trust'),
  pin: text.optional().describe('the only key to trust (SHA-256 of the SPKI, base64)'),
  cert: text.optional().describe('a client certificate (PEM file)'),
  key: text.optional().describe('its private key (PEM file)'),
  proxy: checked(parseProxy).optional().describe('the URL of a proxy'),
  auth: z.array(z.enum(mechanismNames)).min(1).optional().describe('the only ways to log in, in this order'),
  'allow-cleartext-password': z.boolean().optional().describe('send a readable password without TLS'),
  'password-command': text.optional().describe('a command that prints the password'),
  'password-file': text.optional().describe('a file that holds the password'),
  'token-command': text.optional().describe('a command that prints an access token'),
  'password-encoding': z
    .enum(passwordEncodings)
    .optional()
    .describe('utf-8, or latin1 for servers that predate it'),
  'act-as': text.optional().describe('another user, whose maildrop this one may open'),
  timeout: z.int().min(1).max(86_400).optional().describe('the longest wait for the server, in seconds'),
  oauth: oauth.optional().describe('how postrider login gets tokens: a table of its own'),
  to: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe('where collect delivers: one DEST, or a list'),
  'to-password-command': text.optional().describe('a command that prints the password of that destination'),
  delete: z.boolean().optional().describe('collect deletes what was delivered'),
  'delete-after': checked(parseAge).optional().describe('collect deletes so long after the delivery: "30d"'),
  'new-only': z.boolean().optional().describe('the first collect fetches nothing'),
  'max-size': checked(parseSize).optional().describe('collect leaves larger messages: "20M"'),
});

// As the flags do.
const consistentAccount = account.check(({ value, issues }) => {
  if (value.delete !== true || value['delete-after'] === undefined) return;
  issues.push({
    code: 'custom',
    path: ['delete-after'],
    message: 'contradicts delete = true: take one of them out',
    input: value,
  });
});

// What can be typed as one word, and seen.
const accountName = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.@+-]*$/u;

// Names are anybody's words, `__proto__` too, which zod leaves out of its records without a word.
const accounts = z.preprocess(
  (value) => (isTable(value) ? new Map(Object.entries(value)) : value),
  z.map(z.string().regex(accountName), consistentAccount),
);

/** The configuration file. */
export const configSchema = z.strictObject({ accounts: accounts.optional() });

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** One account, as the file has it. */
export type AccountConfig = z.infer<typeof account>;

/** How its tokens are got, as the file has it. */
export type OAuthConfig = z.infer<typeof oauth>;

/** The whole file. */
export type Config = z.infer<typeof configSchema>;

/** Tells whether an account can have this name. */
export function isAccountName(name: string): boolean {
  return accountName.test(name);
}

/** The keys of each table, by the table's depth of meaning. */
export const knownKeys = {
  root: Object.keys(configSchema.shape),
  account: Object.keys(account.shape),
  oauth: Object.keys(oauth.shape),
} as const;

/** Every key that an account can have, with what it is for; those of `oauth` behind it. */
export function describeKeys(): readonly (readonly [key: string, description: string])[] {
  return [
    ...Object.entries(account.shape).map(([key, { description = '' }]) => [key, description] as const),
    ...Object.entries(oauth.shape).map(
      ([key, { description = '' }]) => [`oauth.${key}`, description] as const,
    ),
  ];
}
