import { isPop3Error, type Pop3ClientError, type Pop3Error } from '@postrider/pop3';
import { exitCode } from './exit-code.ts';
import { inFlags } from './in-flags.ts';
import { PhaseError, ProgramError } from './program-error.ts';

/** A failure as the user sees it. */
export interface Failure {
  readonly exitCode: number;
  /** One sentence, without the program's name. */
  readonly sentence: string;
  readonly hint: string | undefined;
}

/** Makes an exit code, a sentence and a hint out of whatever was thrown. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof PhaseError) {
    const inner = describeFailure(error.cause);
    if (inner.exitCode === exitCode.interrupted) return inner;
    // The library names the endpoint itself in some messages.
    const host = error.where.replace(/:\d+$/, '');
    const cause = inner.sentence
      .replace(`${error.where}: `, '')
      .replace(new RegExp(`^${escapePattern(host)}: `), '');
    const sentence = `${error.where}: while ${error.phase}: ${cause}`;
    return { ...inner, sentence, hint: error.hint ?? inner.hint };
  }
  if (error instanceof ProgramError)
    return { exitCode: error.exitCode, sentence: error.message, hint: error.hint };
  if (isPop3Error(error)) return { exitCode: codeOf(error), sentence: error.message, hint: hintFor(error) };
  if (isCollectorFailure(error)) {
    return { exitCode: collectorCode(error), sentence: error.message, hint: error.hint };
  }
  if (isAbort(error)) return { exitCode: exitCode.interrupted, sentence: 'interrupted', hint: undefined };
  if (isSystemError(error) && error.syscall === 'uv_cwd') {
    const sentence = 'the working folder does not exist any more';
    return { exitCode: exitCode.localIo, sentence, hint: 'Change to another one, or name absolute paths.' };
  }
  if (isSystemError(error)) return { exitCode: exitCode.localIo, sentence: error.message, hint: undefined };
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCode.bug,
    sentence: `this is a bug in Postrider: ${message}`,
    hint: 'Run it again with --verbose, and report what it prints.',
  };
}

// A signal; Ctrl-C while a question is asked; a signal while a question is asked.
const aborted = new Set(['AbortError', 'ExitPromptError', 'AbortPromptError']);

/** The user wanted out. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && aborted.has(error.name);
}

// Every code of the library, so that a new one does not fall through unseen.
const codes: Readonly<Record<Pop3ClientError['code'], number>> = {
  ERR_POP3_AUTHENTICATION_REJECTED: exitCode.loginRefused,
  ERR_POP3_AUTHENTICATION_UNAVAILABLE: exitCode.loginRefused,
  ERR_POP3_AUTHENTICATION_UNSAFE: exitCode.loginRefused,
  ERR_POP3_COMMAND_REJECTED: exitCode.protocol,
  ERR_POP3_CONNECTION_CLOSED: exitCode.temporary,
  ERR_POP3_LIMIT: exitCode.protocol,
  ERR_POP3_LOCAL_PROTOCOL: exitCode.usage,
  ERR_POP3_REMOTE_PROTOCOL: exitCode.protocol,
  ERR_POP3_SASL: exitCode.protocol,
  ERR_POP3_TIMEOUT: exitCode.temporary,
  ERR_POP3_TLS_POLICY: exitCode.protocol,
  ERR_POP3_TRANSPORT: exitCode.unreachable,
};

function codeOf(error: Pop3Error): number {
  if ('phase' in error && error.phase === 'tls' && error.code === 'ERR_POP3_TRANSPORT')
    return exitCode.protocol;
  // The server's own word for it: SCRAM's e= attribute.
  if (error.code === 'ERR_POP3_SASL' && 'rule' in error && error.rule === 'server-error')
    return exitCode.loginRefused;
  const judged =
    error.code === 'ERR_POP3_COMMAND_REJECTED' || error.code === 'ERR_POP3_AUTHENTICATION_REJECTED';
  if (judged && error.transient) return exitCode.temporary;
  if (isAboutOneMessage(error)) return exitCode.someFailed;
  return isKnown(error.code) ? codes[error.code] : exitCode.protocol;
}

// The server is fine, and so is the session: this message cannot be had.
function isAboutOneMessage({ code, command = '' }: Pop3Error): boolean {
  return code === 'ERR_POP3_COMMAND_REJECTED' && /^(?:RETR|TOP|LIST|UIDL|DELE) \d/.test(command);
}

function hintFor(error: Pop3Error): string | undefined {
  if (error.code === 'ERR_POP3_TIMEOUT' && 'phase' in error && error.phase === 'greeting')
    return 'A port for TLS says nothing before TLS: try --security tls. Otherwise try later, or allow more time with --timeout.';
  if (error.hint !== undefined) return inFlags(error.hint);
  return isAboutOneMessage(error) && !error.transient
    ? "'postrider list' shows which messages there are now."
    : undefined;
}

function isKnown(code: string): code is keyof typeof codes {
  return Object.hasOwn(codes, code);
}

interface CollectorFailure extends Error {
  readonly code: string;
  readonly transient: boolean;
  readonly hint: string | undefined;
}

// By its code, so that the collector need not be loaded for every error.
function isCollectorFailure(error: unknown): error is CollectorFailure {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_COLLECT_') &&
    'transient' in error
  );
}

function collectorCode(error: CollectorFailure): number {
  const { code } = error;
  if (code === 'ERR_COLLECT_DESTINATION_SYNTAX') return exitCode.usage;
  if (code === 'ERR_COLLECT_DESTINATION') return destinationCode(error);
  if (code === 'ERR_COLLECT_STRAY_ANSWER') return exitCode.protocol;
  return /_(?:LOCKED|BUSY)$/.test(code) ? exitCode.temporary : exitCode.localIo;
}

// A server that is a destination can refuse a login, or ask to come again, as the one that mail is fetched from.
function destinationCode(error: CollectorFailure): number {
  const step = 'step' in error ? error.step : undefined;
  if (step === 'login' && !error.transient) return exitCode.loginRefused;
  const later = error.transient && (step === 'login' || step === 'submit' || step === 'lock');
  return later ? exitCode.temporary : exitCode.cannotCreate;
}

function isSystemError(error: unknown): error is Error & { readonly syscall: unknown } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
