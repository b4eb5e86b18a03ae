// Logs in by the safest way that the server offers, and tells how much mail there is. Nothing is touched.
import { Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

const client = await Pop3Client.connect(server);
const { mechanism, plan } = await client.authenticate(login);
console.log(`${client.tls?.version}, logged in by ${mechanism}`);
for (const { name, reason } of plan.left) console.log(`not by ${name}: ${reason}`);

const { messages, octets } = await client.stat();
console.log(`${messages} messages totaling ${octets} octets`);
await client.quit();
