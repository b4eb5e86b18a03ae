import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { makeCertificate, type ServerCertificate } from './certificate.ts';
import { program } from './require-program.ts';

/** What the server is to be like. */
export interface DovecotOptions {
  /** Names and passwords, in clear so that every mechanism can be used. */
  readonly users: Readonly<Record<string, string>>;
  readonly mechanisms?: string | undefined;
  /** More lines for its configuration, which may need to know its certificate. */
  readonly configuration?: string | ((certificate: ServerCertificate) => string) | undefined;
  /** Where to put everything; a folder of its own is made inside. */
  readonly folder?: string | undefined;
}

/** A Dovecot of our own on loopback, and how to reach it. */
export interface Dovecot {
  readonly host: '127.0.0.1';
  /** Plain text, and STLS. */
  readonly port: number;
  readonly tlsPort: number;
  readonly imapPort: number;
  readonly lmtpPort: number;
  readonly certificate: ServerCertificate;
  readonly folder: string;
  /** The Maildir of a user. Give what is put into it to {@link Dovecot.own}. */
  maildir(user: string): string;
  /** Lets Dovecot's mail processes read and write a file or folder. */
  own(path: string): void;
  log(): string;
  stop(): Promise<void>;
}

// Dovecot refuses to touch mail as root; as another user it can be only that one.
const isRoot = process.getuid?.() === 0;
const uid = isRoot ? 65_534 : (process.getuid?.() ?? 0);
const gid = isRoot ? 65_534 : (process.getgid?.() ?? 0);

/** Starts a private Dovecot and waits until it answers. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const folder = mkdtempSync(join(options.folder ?? '/tmp', 'pr-dovecot-'));
  const own = (path: string): void => {
    if (isRoot) chownSync(path, uid, gid);
  };
  for (const name of ['mail', 'run', 'state']) mkdirSync(join(folder, name), { mode: 0o755 });
  chmodSync(folder, 0o755);
  own(join(folder, 'mail'));
  const certificate = makeCertificate(folder);
  const [port, tlsPort, imapPort, lmtpPort] = await freePorts();
  const lines = Object.entries(options.users).map(([name, password]) => `${name}:{PLAIN}${password}\n`);
  writeFileSync(join(folder, 'users'), lines.join(''), { mode: 0o644 });
  const file = join(folder, 'dovecot.conf');
  writeFileSync(file, configure({ ...options, folder, certificate, port, tlsPort, imapPort, lmtpPort }));
  const child = spawn(program('dovecot'), ['-F', '-c', file], { stdio: 'ignore' });
  const dovecot: Dovecot = {
    host: '127.0.0.1',
    port,
    tlsPort,
    imapPort,
    lmtpPort,
    certificate,
    folder,
    own,
    maildir: (user) => join(folder, 'mail', user),
    log: () => readFileSync(join(folder, 'dovecot.log'), 'utf8'),
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    for (const needed of [port, tlsPort]) await answering(needed, child, dovecot);
  } catch (error) {
    await end(child);
    throw error;
  }
  return dovecot;
}

interface Setup extends DovecotOptions {
  readonly folder: string;
  readonly certificate: ServerCertificate;
  readonly port: number;
  readonly tlsPort: number;
  readonly imapPort: number;
  readonly lmtpPort: number;
}

function configure(setup: Setup): string {
  const { folder, certificate } = setup;
  const account = isRoot ? 'nobody' : (process.env['USER'] ?? String(uid));
  const unprivileged = isRoot
    ? ''
    : `default_login_user = ${account}\ndefault_internal_user = ${account}\ndefault_internal_group = ${gid}\n`;
  const { configuration } = setup;
  const extra = typeof configuration === 'function' ? configuration(certificate) : (configuration ?? '');
  return `protocols = pop3 imap lmtp
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
${unprivileged}ssl = yes
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = ${setup.mechanisms ?? 'plain login cram-md5 apop scram-sha-1 scram-sha-256'}
auth_failure_delay = 0
mail_location = maildir:${folder}/mail/%u
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = ${uid}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
}
default_vsz_limit = 1G
mail_max_userip_connections = 100
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service pop3-login {
  chroot =
  service_count = 0
  inet_listener pop3 {
    port = ${setup.port}
  }
  inet_listener pop3s {
    port = ${setup.tlsPort}
    ssl = yes
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${setup.imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${setup.lmtpPort}
  }
}
${extra}
`;
}

// Ports that were free a moment ago. Dovecot cannot be given a port 0.
async function freePorts(): Promise<[number, number, number, number]> {
  const servers = [0, 1, 2, 3].map(() => createServer());
  const listening = servers.map(
    (server) =>
      new Promise<number>((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      }),
  );
  const [a = 0, b = 0, c = 0, d = 0] = await Promise.all(listening);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [a, b, c, d];
}

async function answering(port: number, child: ChildProcess, dovecot: Dovecot): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`Dovecot did not start: ${dovecot.log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
