import type { z } from 'zod';
import { nearest } from './nearest.ts';

const known: Readonly<Record<string, readonly string[]>> = {
  '': ['accounts'],
  account: [
    'host',
    'user',
    'port',
    'security',
    'ca',
    'pin',
    'cert',
    'key',
    'proxy',
    'auth',
    'allow-cleartext-password',
    'password-command',
    'password-file',
    'token-command',
    'timeout',
    'oauth',
    'to',
    'to-password-command',
    'delete',
    'delete-after',
    'new-only',
    'max-size',
  ],
  oauth: [
    'provider',
    'issuer',
    'authorization-endpoint',
    'token-endpoint',
    'device-authorization-endpoint',
    'revocation-endpoint',
    'client-id',
    'client-secret-command',
    'tenant',
    'flow',
    'scopes',
  ],
};

/** What is wrong with a configuration, where, and what may have been meant. */
export function describeIssue(error: z.ZodError, source: string): { message: string; hint: string } {
  const [issue] = error.issues;
  if (issue === undefined) return { message: ' it is not valid', hint: 'See docs/cli.md.' };
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const place = locate(source, [...path, key]);
    const names = known[path.length === 0 ? '' : path.includes('oauth') ? 'oauth' : 'account'] ?? [];
    const meant = nearest(key, names);
    return {
      message: `${place}: there is no key '${key}'`,
      hint: meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean '${meant}'?`,
    };
  }
  return {
    message: `${locate(source, path)}: ${path.join('.')}: ${issue.message.replace(/^Invalid input: /, '')}`,
    hint: 'Correct the value.',
  };
}

// Line and column of a key: the parser gives no positions, so it is looked for below its table's heading.
function locate(source: string, path: readonly string[]): string {
  const key = path.at(-1) ?? '';
  const table = path.slice(0, -1).join('.');
  let current = '';
  for (const [index, line] of source.split('\n').entries()) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.replace(/["' ]/g, '');
    if (heading !== undefined) {
      current = heading;
      if (heading === path.join('.')) return `${index + 1}:${line.indexOf('[') + 1}`;
    }
    const found = /^\s*(["']?)([^=\s"']+)\1\s*=/.exec(line);
    if (found?.[2] === key && current === table) return `${index + 1}:${line.indexOf(key) + 1}`;
  }
  return '1:1';
}
