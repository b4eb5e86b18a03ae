import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { program } from './require-program.ts';

/** A keyring of the desktop (Secret Service) of our own, unlocked and empty. */
export interface SecretService {
  /** What makes a process find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks it. There is nobody to unlock it again. */
  lock(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a message bus and a gnome-keyring on it, and waits until it answers. */
export async function startSecretService(): Promise<SecretService> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-keyring-'));
  const file = join(folder, 'bus.conf');
  writeFileSync(file, busConfiguration(folder));
  const bus = spawn(program('dbus-daemon'), [`--config-file=${file}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(createInterface(bus.stdout), 'line');
  const address = String(line);
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const keyring = spawn(
    program('gnome-keyring-daemon'),
    ['--foreground', '--unlock', '--components=secrets'],
    {
      env: {
        ...env,
        PATH: process.env['PATH'],
        HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_RUNTIME_DIR: folder,
      },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  keyring.stdin.end('the password of the keyring');
  const service: SecretService = {
    env,
    lock: async () => {
      const path = '/org/freedesktop/secrets';
      const words = [path, 'org.freedesktop.Secret.Service.Lock', `array:objpath:${path}/collection/login`];
      if (!(await answers(address, words))) throw new Error('gnome-keyring does not let itself be locked');
    },
    stop: async () => {
      await end(keyring);
      await end(bus);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  const deadline = performance.now() + 15_000;
  while (!(await answers(address))) {
    if (keyring.exitCode !== null || performance.now() > deadline) {
      await service.stop();
      throw new Error('gnome-keyring does not answer');
    }
  }
  return service;
}

// A bus that starts nothing by itself: it would start the keyring of whoever runs the tests.
function busConfiguration(folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

function answers(
  address: string,
  words: readonly string[] = ['/', 'org.freedesktop.DBus.Peer.Ping'],
): Promise<boolean> {
  const options = [`--bus=${address}`, '--print-reply', '--dest=org.freedesktop.secrets'];
  return new Promise((resolve) => {
    execFile(program('dbus-send'), [...options, ...words], (error) => resolve(error === null));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
