/** What the program's exit code says, after sysexits.h. */
export const exitCode = {
  done: 0,
  usage: 64,
  someFailed: 65,
  unreachable: 69,
  bug: 70,
  cannotCreate: 73,
  localIo: 74,
  temporary: 75,
  protocol: 76,
  loginRefused: 77,
  configuration: 78,
  interrupted: 130,
  brokenPipe: 141,
} as const;

/** Every exit code and its meaning, for help and documentation. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [exitCode.done, 'Everything that was asked for was done.'],
  [exitCode.usage, 'The command line makes no sense.'],
  [exitCode.someFailed, 'Done, but some messages or accounts failed; each was named.'],
  [exitCode.unreachable, 'The host cannot be found or reached.'],
  [exitCode.bug, 'A bug in Postrider. --verbose shows where.'],
  [exitCode.cannotCreate, 'The destination cannot be written.'],
  [exitCode.localIo, 'A local file or program failed.'],
  [exitCode.temporary, 'Try again later: the maildrop is in use, or the server busy or too slow.'],
  [exitCode.protocol, 'The server broke the protocol, or TLS or its certificate failed a check.'],
  [exitCode.loginRefused, 'The login was refused, or would not have been safe.'],
  [exitCode.configuration, 'The configuration is wrong.'],
  [exitCode.interrupted, 'Interrupted (Ctrl-C). What was delivered is recorded.'],
  [exitCode.brokenPipe, 'Whoever read the output went away, as head does.'],
];
