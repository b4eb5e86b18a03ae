import { cramMd5, cramMd5Server } from './cram-md5.ts';
import { login, loginServer } from './login.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { plain, plainServer } from './plain.ts';

/** The mechanisms that the client has, by name. */
export const mechanisms: ReadonlyMap<string, SaslMechanism> = new Map(
  [cramMd5, plain, login].map((mechanism) => [mechanism.name, mechanism]),
);

/** The mechanisms that the server has, by name, in the order in which it offers them. */
export const serverMechanisms: ReadonlyMap<string, ServerSaslMechanism> = new Map(
  [cramMd5Server, plainServer, loginServer].map((mechanism) => [mechanism.name, mechanism]),
);
