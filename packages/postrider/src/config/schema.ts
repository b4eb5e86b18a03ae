import { z } from 'zod';
import { mechanismNames, securityNames } from '../flag/connection.ts';
import { flowNames } from '../flag/oauth.ts';

const text = z.string().min(1);

const oauth = z.strictObject({
  provider: z.enum(['google', 'microsoft']).optional(),
  issuer: text.optional(),
  'authorization-endpoint': text.optional(),
  'token-endpoint': text.optional(),
  'device-authorization-endpoint': text.optional(),
  'revocation-endpoint': text.optional(),
  'client-id': text.optional(),
  'client-secret-command': text.optional(),
  tenant: text.optional(),
  flow: z.enum(flowNames).optional(),
  scopes: z.array(text).min(1).optional(),
});

const account = z.strictObject({
  host: text,
  user: text,
  port: z.int().min(1).max(65_535).optional(),
  security: z.enum(securityNames).optional(),
  ca: text.optional(),
  pin: text.optional(),
  cert: text.optional(),
  key: text.optional(),
  proxy: text.optional(),
  auth: z.array(z.enum(mechanismNames)).optional(),
  'allow-cleartext-password': z.boolean().optional(),
  'password-command': text.optional(),
  'password-file': text.optional(),
  'token-command': text.optional(),
  timeout: z.int().min(1).max(86_400).optional(),
  oauth: oauth.optional(),
  to: z.union([text, z.array(text).min(1)]).optional(),
  'to-password-command': text.optional(),
  delete: z.boolean().optional(),
  'delete-after': text.optional(),
  'new-only': z.boolean().optional(),
  'max-size': text.optional(),
});

/** The configuration file. */
export const configSchema = z.strictObject({
  accounts: z.record(z.string().regex(/^[^\s/]+$/), account).optional(),
});

/** One account, as the file has it. */
export type AccountConfig = z.infer<typeof account>;

/** How its tokens are got, as the file has it. */
export type OAuthConfig = z.infer<typeof oauth>;

/** The whole file. */
export type Config = z.infer<typeof configSchema>;
