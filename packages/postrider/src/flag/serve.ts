import { numberFlag, switchFlag, textFlag } from './flag.ts';

export const servePortFlag = numberFlag({
  name: 'port',
  short: 'p',
  description: 'The port for TLS',
  value: { name: 'N' },
  minimum: 1,
  maximum: 65_535,
  fallback: 'any free one',
});

export const listenFlag = textFlag({
  name: 'listen',
  description: 'The address to listen on; others than 127.0.0.1 let other machines in',
  value: { name: 'ADDRESS' },
  fallback: '127.0.0.1',
});

export const userFlag = textFlag({
  name: 'user',
  description: 'The name to log in with',
  value: { name: 'NAME' },
  fallback: 'test',
});

export const writableFlag = switchFlag({ name: 'writable', description: 'Let clients delete messages' });
