import { exitCode } from './exit-code.ts';

/** A failure of the program itself, with its exit code: one sentence, and what to do about it. */
export class ProgramError extends Error {
  override readonly name: string = 'ProgramError';
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, code: number, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = code;
    this.hint = hint;
  }
}

/** The command line makes no sense. */
export class UsageError extends ProgramError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super(message, exitCode.usage, hint);
  }
}

/** What the program was doing when something failed. */
export class PhaseError extends Error {
  override readonly name = 'PhaseError';
  readonly phase: string;
  /** `host:port`. */
  readonly where: string;
  /** What to do, where more is known than the cause can know. */
  readonly hint: string | undefined;

  constructor(where: string, phase: string, cause: unknown, hint?: string) {
    super(`while ${phase}`, { cause });
    this.where = where;
    this.phase = phase;
    this.hint = hint;
  }
}

/** Says where and in which phase a promise failed, if it fails; `hintFor` may know better what to do about it. */
export async function during<T>(
  where: string,
  phase: string,
  work: Promise<T>,
  hintFor?: (error: unknown) => string | undefined,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof PhaseError || error instanceof ProgramError
      ? error
      : new PhaseError(where, phase, error, hintFor?.(error));
  }
}
