import { openSync, writeSync } from 'node:fs';
import type { ConnectOptions } from '@postrider/pop3';
import { exitCode, ProgramError } from '../failure/index.ts';
import { traceFlag } from '../flag/connection.ts';
import type { Invocation } from '../flag/definition.ts';
import type { Output } from '../output/output.ts';

const marks = { client: 'C:', server: 'S:', note: '--' } as const;

/** Where the dialogue goes, if anywhere: standard error, or a file that only its owner can read. */
export function makeTrace(invocation: Invocation, output: Output, label: string): ConnectOptions['trace'] {
  const path = invocation.get(traceFlag);
  if (path === undefined) return undefined;
  if (path === '') return ({ direction, text }) => output.trace(`${marks[direction]} ${text}`);
  let file: number | undefined = openTrace(path);
  return ({ direction, text }) => {
    if (file === undefined) return;
    try {
      writeSync(file, `${new Date().toISOString()} ${label} ${marks[direction]} ${text}\n`);
    } catch (error) {
      // The session is worth more than what is written of it.
      file = undefined;
      output.warn(`the trace ends here: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

function openTrace(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `the trace cannot be written: ${reason}`,
      exitCode.localIo,
      'Choose another file for --trace.',
      error,
    );
  }
}
