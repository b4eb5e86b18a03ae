import { encodeText } from '../protocol/index.ts';
import { requireUser } from './credential.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { SingleMessageClient, SingleMessageServer } from './single-message.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed } from './verify.ts';

/** ANONYMOUS (RFC 4505): no login at all; the user name goes along as trace information. */
export const anonymous: SaslMechanism = {
  name: 'ANONYMOUS',
  exposure: 'none',
  needs: 'nothing',
  channelBinding: false,
  initialResponseWithAuth: true,
  start({ credentials }) {
    const trace = credentials.user === '' ? '' : requireUser(credentials);
    return new SingleMessageClient('ANONYMOUS', encodeText(trace));
  },
};

/** ANONYMOUS (RFC 4505), server side: everybody is `anonymous`. Offer it only where that is meant. */
export const anonymousServer: ServerSaslMechanism = {
  name: 'ANONYMOUS',
  exposure: 'none',
  channelBinding: false,
  start: () =>
    new SingleMessageServer((message) => {
      const trace = decodeUtf8(message);
      return trace === undefined || trace.length > 255 || /\p{Cc}/u.test(trace)
        ? malformed
        : accepted('anonymous');
    }),
};
