// Where the examples connect to: taken from the environment, so that no password stands on a command line.
import { readFileSync } from 'node:fs';

const { POP3_HOST: host = 'pop.example.org', POP3_PORT, POP3_CA } = process.env;
const { POP3_USER: user = 'ann', POP3_PASSWORD: password = '' } = process.env;

/** Implicit TLS on port 995; POP3_PORT is another port, POP3_CA the PEM file of an authority of your own. */
export const server = {
  host,
  port: POP3_PORT === undefined ? undefined : Number(POP3_PORT),
  tls: { ca: POP3_CA === undefined ? undefined : readFileSync(POP3_CA, 'utf8') },
};

export const login = { user, password };
