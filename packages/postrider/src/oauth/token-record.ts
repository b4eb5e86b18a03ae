import { type Secret, secret } from '@postrider/pop3';
import { z } from 'zod';
import { flowNames } from '../flag/oauth.ts';

const text = z.string().min(1);

const serverShape = z.object({
  issuer: text,
  authorization_endpoint: text.optional(),
  token_endpoint: text.optional(),
  device_authorization_endpoint: text.optional(),
  revocation_endpoint: text.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});

const shape = z.object({
  version: z.literal(1),
  server: serverShape,
  flow: z.enum(flowNames),
  clientId: text,
  clientSecret: text.optional(),
  scopes: z.array(text),
  accessToken: text,
  refreshToken: text.optional(),
  obtainedAt: z.number(),
  expiresAt: z.number().optional(),
});

/** An authorization server: what of its metadata (RFC 8414) is used here. */
export type AuthorizationServer = z.infer<typeof serverShape>;

/** Tokens, and all that it takes to get the next ones. */
export interface TokenRecord {
  readonly server: AuthorizationServer;
  readonly flow: (typeof flowNames)[number];
  readonly clientId: string;
  /** Only where a person typed it: a command is asked each time. */
  readonly clientSecret: Secret<string> | undefined;
  readonly scopes: readonly string[];
  readonly accessToken: Secret<string>;
  readonly refreshToken: Secret<string> | undefined;
  /** Milliseconds since 1970, by our own clock, as `expiresAt`. */
  readonly obtainedAt: number;
  /** Undefined: the server did not say. */
  readonly expiresAt: number | undefined;
}

/** What of an access token's life may pass before the next one is got. */
const usableLife = 0.8;
// A clock that was set back makes a token look young for ever.
const largestSetback = 60_000;

/** Whether the access token may be used as it is: less than 80 % of its life is over. */
export function isFresh({ obtainedAt, expiresAt }: TokenRecord, now: number): boolean {
  if (expiresAt === undefined) return true;
  return now > obtainedAt - largestSetback && now < obtainedAt + (expiresAt - obtainedAt) * usableLife;
}

/** Whether the access token can be used at all, as far as is known. */
export function isAlive({ obtainedAt, expiresAt }: TokenRecord, now: number): boolean {
  return expiresAt === undefined || (now > obtainedAt - largestSetback && now < expiresAt);
}

/** The record as the keyring has it: one secret text. */
export function encodeRecord(record: TokenRecord): Secret<string> {
  const { clientSecret, accessToken, refreshToken } = record;
  const plain: z.input<typeof shape> = {
    version: 1,
    ...record,
    scopes: [...record.scopes],
    clientSecret: clientSecret?.reveal(),
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal(),
  };
  return secret(JSON.stringify(plain));
}

/** The record out of the keyring; undefined where it is none, or one of another version. */
export function decodeRecord(value: Secret<string>): TokenRecord | undefined {
  let plain: unknown;
  try {
    plain = JSON.parse(value.reveal());
  } catch {
    return undefined;
  }
  const { success, data } = shape.safeParse(plain);
  if (!success) return undefined;
  const { clientSecret, accessToken, refreshToken, expiresAt, server, flow, clientId, scopes, obtainedAt } =
    data;
  return {
    server,
    flow,
    clientId,
    scopes,
    obtainedAt,
    expiresAt,
    clientSecret: clientSecret === undefined ? undefined : secret(clientSecret),
    accessToken: secret(accessToken),
    refreshToken: refreshToken === undefined ? undefined : secret(refreshToken),
  };
}
