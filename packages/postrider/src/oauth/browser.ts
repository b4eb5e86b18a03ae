import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens an address. It cannot be known whether a person sees it. */
export type OpenPage = (address: string) => Promise<void>;

/**
 * What opens pages here; undefined where nothing does, or the user wants it so.
 *
 * @param named The program that the user named; `none`: no browser.
 */
export function findBrowser(named: string | undefined, env: Environment): OpenPage | undefined {
  const program = named ?? (env['BROWSER'] || undefined);
  if (program === 'none') return undefined;
  if (program !== undefined) return (address) => start(program, address);
  if (!hasDesktop(env)) return undefined;
  return async (address) => {
    const { default: open } = await import('open');
    // It may fail long after it began; the address is on the terminal in any case.
    (await open(address)).on('error', () => {});
  };
}

function hasDesktop(env: Environment): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32')
    return (env['SSH_CONNECTION'] ?? '') === '';
  return ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some((name) => (env[name] ?? '') !== '');
}

function start(program: string, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [address], { stdio: 'ignore', detached: true });
    child.once('error', reject).once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
