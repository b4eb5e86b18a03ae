import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './require-program.ts';

/** A certificate for 127.0.0.1 and localhost, signed by its own CA; all in PEM, all in files. */
export interface ServerCertificate {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly ca: string;
}

/** A client's certificate and its key, in files. */
export interface ClientCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
const noAuthority = ['-addext', 'basicConstraints=critical,CA:FALSE'];

/** Makes a CA and a certificate with openssl, as an administrator would. Good for two days. */
export function makeCertificate(folder: string): ServerCertificate {
  const file = (name: string): string => join(folder, name);
  makeAuthority(folder, 'ca', '/CN=Postrider test CA');
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  issue(folder, 'ca', 'server', ['-subj', '/CN=Postrider test server', ...names]);
  return {
    caFile: file('ca.pem'),
    certFile: file('server.pem'),
    keyFile: file('server.key'),
    ca: readFileSync(file('ca.pem'), 'utf8'),
  };
}

/** Makes a certificate for a user, signed by the CA of {@link makeCertificate}, or by a new one that nobody knows. */
export function makeClientCertificate(
  folder: string,
  user: string,
  authority: 'known' | 'unknown' = 'known',
): ClientCertificate {
  const name = `client-${user}-${authority}`;
  if (authority === 'unknown') makeAuthority(folder, 'other-ca', '/CN=Some other CA');
  issue(folder, authority === 'known' ? 'ca' : 'other-ca', name, ['-subj', `/CN=${user}`]);
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function makeAuthority(folder: string, name: string, subject: string): void {
  openssl([...newKey, '-subj', subject, ...output(folder, name)]);
}

function issue(folder: string, authority: string, name: string, options: readonly string[]): void {
  const signer = ['-CA', join(folder, `${authority}.pem`), '-CAkey', join(folder, `${authority}.key`)];
  openssl([...newKey, ...options, ...noAuthority, ...signer, ...output(folder, name)]);
}

function output(folder: string, name: string): string[] {
  return ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
}

function openssl(options: readonly string[]): void {
  execFileSync(program('openssl'), ['req', '-x509', ...options], { stdio: ['ignore', 'ignore', 'ignore'] });
}
