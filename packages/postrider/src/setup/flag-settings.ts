import { resolve } from 'node:path';
import type { AccountConfig } from '../config/schema.ts';
import { toFlag } from '../flag/collect.ts';
import {
  actAsFlag,
  authFlag,
  caFlag,
  certFlag,
  cleartextFlag,
  keyFlag,
  passwordCommandFlag,
  passwordEncodingFlag,
  passwordFileFlag,
  pinFlag,
  proxyFlag,
  timeoutFlag,
  tokenCommandFlag,
} from '../flag/connection.ts';
import type { Invocation } from '../flag/definition.ts';

/** What the flags of a command line say about an account, as the configuration has it. Files are named by their whole path. */
export function flagSettings(invocation: Invocation): Partial<AccountConfig> {
  const auth = invocation.get(authFlag);
  const to = invocation.get(toFlag);
  const file = (path: string | undefined): string | undefined =>
    path === undefined || path === '-' ? undefined : resolve(path);
  const settings: { [K in keyof AccountConfig]?: AccountConfig[K] | undefined } = {
    ca: file(invocation.get(caFlag)),
    pin: invocation.get(pinFlag),
    cert: file(invocation.get(certFlag)),
    key: file(invocation.get(keyFlag)),
    proxy: invocation.get(proxyFlag),
    auth: auth === undefined ? undefined : [...auth],
    'allow-cleartext-password': invocation.get(cleartextFlag) ? true : undefined,
    'password-command': invocation.get(passwordCommandFlag),
    'password-file': file(invocation.get(passwordFileFlag)),
    'token-command': invocation.get(tokenCommandFlag),
    'password-encoding': invocation.get(passwordEncodingFlag),
    'act-as': invocation.get(actAsFlag),
    timeout: invocation.get(timeoutFlag),
    to: to.length === 0 ? undefined : [...to],
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
