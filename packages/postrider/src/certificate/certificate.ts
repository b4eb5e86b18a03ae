import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

/** A certificate made on the spot, in PEM, and the pin of its key. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
  readonly pin: string;
}

/** Makes a self-signed certificate for a host, good for 30 days. */
export async function makeCertificate(host: string): Promise<MadeCertificate> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = [...new Set([host, 'localhost', '127.0.0.1'])];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Postrider serve',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    pin: createHash('sha256').update(new Uint8Array(certificate.publicKey.rawData)).digest('base64'),
  };
}
