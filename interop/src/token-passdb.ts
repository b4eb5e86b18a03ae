import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DovecotOptions } from './dovecot.ts';

/** What makes Dovecot take tokens, and what it left on the disk. */
export interface TokenPassdb extends Pick<DovecotOptions, 'mechanisms' | 'configuration'> {
  remove(): void;
}

/**
 * Lets Dovecot ask an authorization server about tokens (RFC 7662).
 *
 * @param endpoint Its introspection endpoint, with the client's id and secret in it.
 */
export function makeTokenPassdb(endpoint: string): TokenPassdb {
  const folder = mkdtempSync(join(tmpdir(), 'pr-passdb-'));
  chmodSync(folder, 0o755);
  const file = join(folder, 'oauth2.conf');
  writeFileSync(
    file,
    `introspection_mode = post
introspection_url = ${endpoint}
force_introspection = yes
username_attribute = sub
active_attribute = active
active_value = true
`,
  );
  return {
    mechanisms: 'plain login cram-md5 scram-sha-256 xoauth2 oauthbearer',
    configuration: `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${file}
}
`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
