import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A program that runs JavaScript. */
export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno';
  readonly version: string;
  readonly program: string;
}

const { platform, arch } = process;
const linux = platform === 'linux' ? '-glibc' : '';
const denoArch = arch === 'x64' ? 'x64' : 'arm64';
const bunArch = arch === 'x64' ? 'x64' : 'aarch64';

/** 22.12 is the oldest Node that the library is for; 24 is the one that runs this. */
const runtimes = [
  { name: 'node', version: '22.12.0', package: `node-${platform}-${arch}`, file: 'bin/node' },
  { name: 'node', version: '26.10.0', package: `node-${platform}-${arch}`, file: 'bin/node' },
  { name: 'bun', version: '1.4.5', package: `@oven/bun-${platform}-${bunArch}`, file: 'bin/bun' },
  { name: 'deno', version: '2.9.6', package: `@deno/${platform}-${denoArch}${linux}`, file: 'deno' },
] as const;

/**
 * Installs them into a folder of their own: together they are larger than everything else, and not everybody who works on
 * the project wants them. The packages of the platform hold the program itself, so that no install script has to run.
 */
export function installRuntimes(folder: string): readonly Runtime[] {
  const dependencies = Object.fromEntries(
    runtimes.map((runtime) => [alias(runtime), `npm:${runtime.package}@${runtime.version}`]),
  );
  const manifest = JSON.stringify({ private: true, dependencies });
  const marker = join(folder, 'package.json');
  const present = existsSync(marker) && readFileSync(marker, 'utf8') === manifest;
  const programs = runtimes.map((runtime) => ({
    name: runtime.name,
    version: runtime.version,
    program: resolve(folder, 'node_modules', alias(runtime), runtime.file),
  }));
  if (present && programs.every(({ program }) => existsSync(program))) return programs;
  mkdirSync(folder, { recursive: true });
  writeFileSync(marker, manifest);
  const words = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
  ];
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  return programs;
}

function alias({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}-${version}`;
}
