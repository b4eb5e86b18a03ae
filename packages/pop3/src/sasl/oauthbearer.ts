import { authorizationIdOf, requireAccessToken, requireUser } from './credential.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { TokenClient, type TokenMessage, TokenServer } from './oauth.ts';
import { decodeScramName, encodeScramName } from './scram-message.ts';

/** OAUTHBEARER (RFC 7628): an OAuth 2.0 bearer token. */
export const oauthbearer: SaslMechanism = {
  name: 'OAUTHBEARER',
  exposure: 'readable',
  needs: 'accessToken',
  channelBinding: false,
  initialResponseWithAuth: false,
  start({ credentials, host, port }) {
    const identity = encodeScramName(authorizationIdOf(credentials) ?? requireUser(credentials));
    const token = requireAccessToken(credentials);
    const message = `n,a=${identity},\x01host=${host}\x01port=${port}\x01auth=Bearer ${token}\x01\x01`;
    return new TokenClient('OAUTHBEARER', message, '\x01');
  },
};

/** OAUTHBEARER (RFC 7628), server side. */
export const oauthbearerServer: ServerSaslMechanism = {
  name: 'OAUTHBEARER',
  exposure: 'readable',
  channelBinding: false,
  start: (context) => new TokenServer(context, parseMessage),
};

function parseMessage(message: string): TokenMessage | undefined {
  const [header = '', ...pairs] = message.split('\x01');
  // Each pair ends in ^A, and so does their list.
  if (pairs.pop() !== '' || pairs.pop() !== '') return undefined;
  const user = decodeScramName(/^[ny],a=([^,]+),$/.exec(header)?.[1] ?? '');
  const tokens = pairs.flatMap((pair) => /^auth=Bearer +(\S+)$/i.exec(pair)?.[1] ?? []);
  return user && tokens[0] && tokens.length === 1 ? { user, token: tokens[0] } : undefined;
}
