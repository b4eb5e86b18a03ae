import { anonymous, anonymousServer } from './anonymous.ts';
import { cramMd5, cramMd5Server } from './cram-md5.ts';
import { external, externalServer } from './external.ts';
import { login, loginServer } from './login.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { oauthbearer, oauthbearerServer } from './oauthbearer.ts';
import { plain, plainServer } from './plain.ts';
import { scram, scramServer } from './scram.ts';
import { xoauth2, xoauth2Server } from './xoauth2.ts';

/** The mechanisms that the client has, by name. */
export const mechanisms: ReadonlyMap<string, SaslMechanism> = new Map(
  [...scram, cramMd5, oauthbearer, xoauth2, plain, login, external, anonymous].map((mechanism) => [
    mechanism.name,
    mechanism,
  ]),
);

/** The mechanisms that the server has, by name, in the order in which it offers them. */
export const serverMechanisms: ReadonlyMap<string, ServerSaslMechanism> = new Map(
  [
    ...scramServer,
    cramMd5Server,
    oauthbearerServer,
    xoauth2Server,
    plainServer,
    loginServer,
    externalServer,
    anonymousServer,
  ].map((mechanism) => [mechanism.name, mechanism]),
);
