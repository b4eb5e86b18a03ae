import { ProgramError } from '../../src/failure/index.ts';

/** Tells whether something is a failure with a sentence, a hint and an exit code. */
export function isProgramError(error: unknown): error is ProgramError {
  return error instanceof ProgramError;
}
