import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { type Listener, Pop3Server } from '@postrider/pop3/server';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { listenFlag, servePortFlag, userFlag, writableFlag } from '../flag/serve.ts';
import { countOf } from '../output/quantity.ts';
import { shellWord } from '../output/shell-word.ts';
import { openMaildrop } from '../serve/open-maildrop.ts';

/** `postrider serve`. Ends when it is interrupted. */
export async function run({ invocation, output, io }: Context): Promise<number> {
  const [path = ''] = invocation.arguments;
  const user = invocation.get(userFlag) ?? 'test';
  const given = io.env['POSTRIDER_PASSWORD'] ?? '';
  const password = given === '' ? randomBytes(9).toString('base64url') : given;
  const writable = invocation.get(writableFlag);
  const { maildrop, kind, messages } = await openMaildrop(path, writable);
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
    const secured = await listening(host, invocation.get(servePortFlag) ?? 0, (port) =>
      server.listen({ host, security: 'tls', port }),
    );
    const plain = await listening(host, 0, () => server.listen({ host, security: 'starttls' }));
    if (!isLoopback(host))
      output.warn(`other machines can reach ${host}: whoever has the password can read the mail`);
    const { pin } = tls;
    if (output.json) {
      output.printJson({
        host,
        tlsPort: secured.port,
        starttlsPort: plain.port,
        user,
        password,
        pin,
        writable,
      });
    } else {
      const shown = given === '' ? password : '...';
      const words = [
        'postrider',
        'list',
        reachable(host),
        user,
        '--port',
        String(secured.port),
        '--pin',
        pin,
        '--headers',
      ];
      output.print(`Serving ${kind} ${path}, ${countOf(messages, 'message')}${writable ? '' : ', read-only'}.

  user      ${user}
  password  ${given === '' ? password : '(from POSTRIDER_PASSWORD)'}
  TLS       ${endpoint(host, secured.port)}
  STLS      ${endpoint(host, plain.port)}
  pin       ${pin}

Try it:
  POSTRIDER_PASSWORD=${shown} ${words.map(shellWord).join(' ')}

Ctrl-C ends it.`);
    }
    await interrupted(io.signal);
    return exitCode.done;
  } finally {
    await server.close();
  }
}

async function listening(
  host: string,
  port: number,
  listen: (port: number) => Promise<Listener>,
): Promise<Listener> {
  try {
    return await listen(port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const [reason, hint] =
      code === 'EADDRINUSE'
        ? ['another program listens there', 'Choose another --port, or leave it out.']
        : code === 'EACCES'
          ? ['ports below 1024 are not for everybody', 'Choose a higher --port, or leave it out.']
          : [
              error instanceof Error ? error.message : String(error),
              'Give an address of this machine to --listen.',
            ];
    throw new ProgramError(
      `cannot listen on ${endpoint(host, port)}: ${reason}`,
      exitCode.localIo,
      hint,
      error,
    );
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function endpoint(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

// Where every address is listened on, this machine is one of them.
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
