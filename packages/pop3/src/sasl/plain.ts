import { concatenate, encodeText } from '../protocol/index.ts';
import { authorizationIdOf, encodePassword, requireUser } from './credential.ts';
import type { SaslMechanism, ServerSaslMechanism, ServerStep } from './mechanism.ts';
import { SingleMessageClient, SingleMessageServer } from './single-message.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed, rejected, verifyPassword } from './verify.ts';

/** PLAIN (RFC 4616): authorization identity, user name and password in one message, readable. */
export const plain: SaslMechanism = {
  name: 'PLAIN',
  exposure: 'readable',
  needs: 'password',
  channelBinding: false,
  initialResponseWithAuth: true,
  start(context) {
    const { credentials } = context;
    const names = `${authorizationIdOf(credentials) ?? ''}\0${requireUser(credentials)}\0`;
    return new SingleMessageClient('PLAIN', concatenate([encodeText(names), encodePassword(context)]));
  },
};

/** PLAIN (RFC 4616), server side. */
export const plainServer: ServerSaslMechanism = {
  name: 'PLAIN',
  exposure: 'readable',
  channelBinding: false,
  start(context) {
    return new SingleMessageServer(async (message): Promise<ServerStep> => {
      const [authorizationId, user, password, ...rest] = decodeUtf8(message)?.split('\0') ?? [];
      if (!user || !password || rest.length > 0) return malformed;
      return (await verifyPassword(context, user, password)) ? accepted(user, authorizationId) : rejected;
    });
  },
};
