// A SASL mechanism of your own, on both sides. It is a toy, which anybody who listens can replay: in earnest, use SCRAM.
import { createHmac } from 'node:crypto';
import { Pop3Client, type SaslMechanism, secret } from '@postrider/pop3';
import type { ServerSaslMechanism, ServerStep } from '@postrider/pop3/sasl';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';

const traits = { name: 'X-TOY', exposure: 'digest', channelBinding: false } as const;
const digest = (user: string, key: string): string => createHmac('sha256', key).update(user).digest('hex');

const toy: SaslMechanism = {
  ...traits,
  needs: 'password',
  initialResponseWithAuth: true,
  start: ({ credentials: { user, password } }) => ({
    initialResponse: () => secret(Buffer.from(`${user} ${digest(user, password?.reveal() ?? '')}`)),
    respond: () => Promise.reject(new Error('X-TOY has one message')),
    finish() {}, // There is no step that a server could have skipped.
  }),
};
const wrong: ServerStep = { type: 'failure', reason: 'wrong user name or password' };
const toyServer: ServerSaslMechanism = {
  ...traits,
  start: ({ store }) => ({
    async start(initial = new Uint8Array()) {
      const [user = '', answer] = Buffer.from(initial).toString().split(' ');
      const password = await store.password(user);
      return password && answer === digest(user, password) ? { type: 'success', user } : wrong;
    },
    respond: () => wrong,
  }),
};

const maildrop = (): MemoryMaildrop => new MemoryMaildrop(['Subject: hello\n\nworld\n']);
const server = new Pop3Server({ users: { ann: 'sesame' }, maildrop, mechanisms: [toyServer] });
const client = await Pop3Client.connect(await server.listen({ security: 'none' }));
const result = await client.authenticate({ user: 'ann', password: 'sesame', mechanisms: [toy] });
console.log(`logged in by ${result.mechanism}: ${result.text}`);
await client.quit();
await server.close();
