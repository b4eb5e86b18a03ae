export { describeFailure, type Failure } from './describe.ts';
export { exitCode, exitCodes } from './exit-code.ts';
export { during, PhaseError, ProgramError, UsageError } from './program-error.ts';
