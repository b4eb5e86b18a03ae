// Logs in with OAuth 2.0 (OAUTHBEARER or XOAUTH2): Gmail, Outlook.com, Microsoft 365.
import { Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

const { TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token' } = process.env;
const { CLIENT_ID = '', CLIENT_SECRET = '', REFRESH_TOKEN = '' } = process.env;

/** Exchanges the refresh token for a new access token (RFC 6749 section 6). */
async function refresh(): Promise<string> {
  const response = await fetch(TOKEN_ENDPOINT, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      refresh_token: REFRESH_TOKEN,
    }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) {
    return String(answer.access_token);
  }
  throw new Error(`no token: HTTP ${response.status}. Has the consent been taken back?`);
}

let token = process.env['ACCESS_TOKEN'];
const client = await Pop3Client.connect(server);
const { mechanism } = await client.authenticate({
  user: login.user,
  // Asked for a token when one is sent; a second time, with 'expired', where the server refused the first.
  accessToken: async (why) => (token = why === 'first' && token !== undefined ? token : await refresh()),
});
console.log(`logged in by ${mechanism}: ${(await client.stat()).messages} messages`);
await client.quit();
