import { encodeText } from '../protocol/index.ts';
import { authorizationIdOf, requireUser } from './credential.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { SingleMessageClient, SingleMessageServer } from './single-message.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed, rejected } from './verify.ts';

/** EXTERNAL (RFC 4422 appendix A): the client certificate of the TLS connection says who we are. */
export const external: SaslMechanism = {
  name: 'EXTERNAL',
  exposure: 'none',
  needs: 'certificate',
  channelBinding: false,
  initialResponseWithAuth: true,
  start({ credentials }) {
    // Without a name, the server takes the one in the certificate.
    const own = credentials.user === '' ? '' : requireUser(credentials);
    return new SingleMessageClient('EXTERNAL', encodeText(authorizationIdOf(credentials) ?? own));
  },
};

/** EXTERNAL (RFC 4422 appendix A), server side. */
export const externalServer: ServerSaslMechanism = {
  name: 'EXTERNAL',
  exposure: 'none',
  channelBinding: false,
  start({ certificateUser }) {
    return new SingleMessageServer((message) => {
      const authorizationId = decodeUtf8(message);
      if (authorizationId === undefined || authorizationId.includes('\0')) return malformed;
      return certificateUser === undefined ? rejected : accepted(certificateUser, authorizationId);
    });
  },
};
