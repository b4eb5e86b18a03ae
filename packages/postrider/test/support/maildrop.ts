import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate } from '../../src/certificate/certificate.ts';

/** A server of ours with some messages, and how to reach it from the command line. */
export interface TestMaildrop {
  readonly port: number;
  readonly pin: string;
  readonly cert: string;
  /** HOST USER and the options to connect with. */
  readonly words: readonly string[];
  /** The password. */
  readonly env: Readonly<Record<string, string>>;
  readonly maildrop: MemoryMaildrop;
  close(): Promise<void>;
}

/** The password of every user. */
export const password = 'correct horse battery staple';

/** Starts a server over TLS; its one user is `ann@example.test`. */
export async function startMaildrop(messages: readonly (string | Uint8Array)[]): Promise<TestMaildrop> {
  const certificate = await makeCertificate('localhost');
  const maildrop = new MemoryMaildrop(messages);
  const server = new Pop3Server({
    users: { 'ann@example.test': password },
    maildrop: () => maildrop,
    tls: certificate,
    failureDelay: 0,
  });
  const { port } = await server.listen({ security: 'tls' });
  return {
    port,
    pin: certificate.pin,
    cert: certificate.cert,
    words: ['127.0.0.1', 'ann@example.test', '--port', String(port), '--pin', certificate.pin],
    env: { POSTRIDER_PASSWORD: password },
    maildrop,
    close: () => server.close(),
  };
}
