import type { HashAlgorithm, SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { ScramClient, type ScramVariant } from './scram-client.ts';
import { ScramServer } from './scram-server.ts';

const algorithms: readonly HashAlgorithm[] = ['SHA-512', 'SHA-256', 'SHA-1'];

// With channel binding first, then by hash: strongest first.
const variants: readonly ScramVariant[] = [true, false].flatMap((plus) =>
  algorithms.map((algorithm) => ({ name: `SCRAM-${algorithm}${plus ? '-PLUS' : ''}`, algorithm, plus })),
);

/** SCRAM-SHA-512, -256 and -1, each with and without channel binding (RFC 5802, RFC 7677). */
export const scram: readonly SaslMechanism[] = variants.map((variant) => ({
  name: variant.name,
  exposure: 'digest',
  needs: 'password',
  channelBinding: variant.plus,
  initialResponseWithAuth: true,
  start: (context) => new ScramClient(variant, context),
}));

/** SCRAM, server side. */
export const scramServer: readonly ServerSaslMechanism[] = variants.map((variant) => ({
  name: variant.name,
  exposure: 'digest',
  channelBinding: variant.plus,
  start: (context) => new ScramServer(variant, context),
}));
