// Reads mail from an old server that knows no TLS, without sending the password: APOP (RFC 1939 section 7).
import { isPop3Error, Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

// Whoever is on the way can still read and change the mail. APOP hides the password, and nothing else.
const client = await Pop3Client.connect({ ...server, security: 'none' });
console.log(`timestamp: ${client.greeting.timestamp ?? 'none, so APOP is not possible'}`);
try {
  const { text } = await client.authenticate({ ...login, mechanisms: ['APOP'] });
  console.log(`logged in: ${text}`);
  const { entries } = await client.list();
  for (const { messageNumber, octets } of entries) console.log(`${messageNumber}: ${octets} octets`);
  await client.quit();
} catch (error) {
  if (!isPop3Error(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  if (error.hint !== undefined) console.error(`hint: ${error.hint}`);
  client.destroy();
  process.exitCode = 1;
}
