import { requireAccessToken, requireUser } from './credential.ts';
import type { SaslMechanism, ServerSaslMechanism } from './mechanism.ts';
import { TokenClient, type TokenMessage, TokenServer } from './oauth.ts';

/** XOAUTH2: what Google and Microsoft had before RFC 7628, and Microsoft still has. */
export const xoauth2: SaslMechanism = {
  name: 'XOAUTH2',
  exposure: 'readable',
  needs: 'accessToken',
  channelBinding: false,
  // Microsoft closes the connection when the token comes along with AUTH.
  initialResponseWithAuth: false,
  start({ credentials }) {
    const message = `user=${requireUser(credentials)}\x01auth=Bearer ${requireAccessToken(credentials)}\x01\x01`;
    return new TokenClient('XOAUTH2', message, '');
  },
};

/** XOAUTH2, server side. */
export const xoauth2Server: ServerSaslMechanism = {
  name: 'XOAUTH2',
  exposure: 'readable',
  channelBinding: false,
  start: (context) => new TokenServer(context, parseMessage),
};

function parseMessage(message: string): TokenMessage | undefined {
  const match = /^user=([^\x01]+)\x01auth=Bearer +([^\x01]+)\x01\x01$/i.exec(message);
  return match?.[1] && match[2] ? { user: match[1], token: match[2] } : undefined;
}
