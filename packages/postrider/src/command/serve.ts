import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import {
  FolderMaildrop,
  MaildirMaildrop,
  type Maildrop,
  MboxMaildrop,
  Pop3Server,
} from '@postrider/pop3/server';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { listenFlag, servePortFlag, userFlag, writableFlag } from '../flag/serve.ts';

/** `postrider serve`. Ends when it is interrupted. */
export async function run({ invocation, output, io }: Context): Promise<number> {
  const [path = ''] = invocation.arguments;
  const user = invocation.get(userFlag) ?? 'test';
  const given = io.env['POSTRIDER_PASSWORD'] ?? '';
  const password = given === '' ? randomBytes(9).toString('base64url') : given;
  const maildrop = await openMaildrop(path, invocation.get(writableFlag));
  const { makeCertificate } = await import('../certificate/certificate.ts');
  const host = invocation.get(listenFlag) ?? '127.0.0.1';
  const tls = await makeCertificate(host);
  const server = new Pop3Server({
    users: { [user]: password },
    maildrop: () => maildrop,
    tls,
    log: ({ event, client, user: who, error }) => {
      output.detail(
        `${client}: ${event}${who === undefined ? '' : ` ${who}`}${error instanceof Error ? `: ${error.message}` : ''}`,
      );
    },
  });
  try {
    const secured = await server.listen({ host, security: 'tls', port: invocation.get(servePortFlag) ?? 0 });
    const plain = await server.listen({ host, security: 'starttls' });
    if (output.json) {
      output.printJson({
        host,
        tlsPort: secured.port,
        starttlsPort: plain.port,
        user,
        password,
        pin: tls.pin,
      });
    } else {
      output.print(`Serving ${path}${invocation.get(writableFlag) ? '' : ', read-only'}.

  user      ${user}
  password  ${given === '' ? password : '(from POSTRIDER_PASSWORD)'}
  TLS       ${host}:${secured.port}
  STLS      ${host}:${plain.port}
  pin       ${tls.pin}

Try it:
  POSTRIDER_PASSWORD=${given === '' ? password : '...'} postrider list ${host} ${user} --port ${secured.port} --pin ${tls.pin} --headers

Ctrl-C ends it.`);
    }
    if (!io.signal.aborted) {
      await new Promise<void>((resolve) =>
        io.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    }
    return exitCode.done;
  } finally {
    await server.close();
  }
}

async function openMaildrop(path: string, writable: boolean): Promise<Maildrop> {
  try {
    if (!(await lstat(path)).isDirectory()) return new MboxMaildrop(path);
    const names = new Set(await readdir(path));
    const isMaildir = ['cur', 'new'].every((name) => names.has(name));
    return isMaildir ? new MaildirMaildrop(path, { writable }) : new FolderMaildrop(path, { writable });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `it cannot be served: ${reason}`,
      exitCode.localIo,
      'Give a Maildir, an mbox file, or a folder of .eml files.',
      error,
    );
  }
}
