import type { FlagGroup } from './definition.ts';
import { choiceFlag, numberFlag, textFlag } from './flag.ts';

/** The ways to get tokens: OAuth 2.0's grants, by the names that people know them by. */
export const flowNames = ['browser', 'device', 'client-credentials'] as const;

export const flowFlag = choiceFlag({
  name: 'flow',
  description:
    'Sign in with the browser of this machine, with a code on any other device, or as an application without a person',
  value: { name: 'HOW' },
  choices: flowNames,
  fallback: 'browser; device where there is none and the provider allows it',
});

export const clientIdFlag = textFlag({
  name: 'client-id',
  description: 'The client id that you registered with the provider',
  value: { name: 'ID' },
  fallback: "the configuration's, or that of the last login; otherwise it is asked for",
});

export const clientSecretCommandFlag = textFlag({
  name: 'client-secret-command',
  description: 'Run this command; the first line that it prints is the client secret',
  value: { name: 'CMD' },
});

export const tenantFlag = textFlag({
  name: 'tenant',
  description: 'Microsoft: the directory that the account belongs to, by id or domain',
  value: { name: 'TENANT' },
  fallback: 'common',
});

export const browserFlag = textFlag({
  name: 'browser',
  description: "The program that opens the sign-in page; 'none': only print its address",
  value: { name: 'PROGRAM' },
  environment: 'BROWSER',
  fallback: "the user's own",
});

export const waitFlag = numberFlag({
  name: 'wait',
  description: 'The longest wait for the person who signs in',
  value: { name: 'SECONDS' },
  minimum: 1,
  maximum: 3600,
  fallback: '300',
});

/** How to get tokens. */
export const oauthGroup: FlagGroup = {
  title: 'OAuth 2.0 options',
  flags: [flowFlag, clientIdFlag, clientSecretCommandFlag, tenantFlag, browserFlag, waitFlag],
};
