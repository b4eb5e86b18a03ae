// Saves every message in a folder: node download.ts FOLDER
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Pop3Client } from '@postrider/pop3';
import { login, server } from './settings.ts';

const [folder = 'mail'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const client = await Pop3Client.connect(server);
await client.authenticate(login);
const { entries } = await client.uidl();
for (const { messageNumber, uniqueId } of entries) {
  // A unique-id is the server's to choose: it must not become a path.
  const name = createHash('sha256').update(uniqueId).digest('hex').slice(0, 16);
  const file = join(folder, `${name}.eml`);
  if (existsSync(file)) continue;
  // The stream ends only after the terminator was seen, so no file ever holds half a message.
  await pipeline(client.retrieve(messageNumber), createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
  console.log(`${messageNumber} -> ${name}.eml`);
}
await client.quit();
