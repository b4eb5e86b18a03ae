import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** A certificate and its key, in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of our own. */
export interface TestAuthority extends TestCertificate {
  /** Issues a certificate; for localhost and 127.0.0.1, from yesterday to tomorrow, where nothing else is said. */
  issue(options?: IssueOptions): Promise<TestCertificate>;
}

export interface IssueOptions {
  readonly subject?: string;
  /** Empty: no subjectAltName at all. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

export async function makeAuthority(name = 'CN=Test CA'): Promise<TestAuthority> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
    ...lifetime(),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    cert: certificate.toString('pem'),
    key: await exportKey(keys.privateKey),
    issue: (options = {}) => issue(options, { keys, certificate }),
  };
}

export async function makeSelfSigned(names: readonly string[] = ['localhost']): Promise<TestCertificate> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=self-signed',
    keys,
    signingAlgorithm: algorithm,
    ...lifetime(),
    extensions: [alternativeNames(names)],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

async function issue(
  { subject = 'CN=test', names = ['localhost', '127.0.0.1'], notBefore, notAfter }: IssueOptions,
  authority: { keys: CryptoKeyPair; certificate: x509.X509Certificate },
): Promise<TestCertificate> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    ...lifetime(notBefore, notAfter),
    extensions: names.length === 0 ? [] : [alternativeNames(names)],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

function lifetime(
  notBefore = new Date(Date.now() - day),
  notAfter = new Date(Date.now() + day),
): { notBefore: Date; notAfter: Date } {
  return { notBefore, notAfter };
}

function alternativeNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: /^[0-9.]+$|:/.test(value) ? 'ip' : 'dns', value })),
  );
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

async function makeKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
