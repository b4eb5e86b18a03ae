import {
  CollectorError,
  type CollectorErrorOptions,
  explainSystemError,
  isLackOfRoom,
  systemErrorCode,
} from '../failure/index.ts';

/** What a destination was doing. */
export type DestinationStep =
  | 'open'
  | 'lock'
  | 'create'
  | 'write'
  | 'fsync'
  | 'link'
  | 'rename'
  | 'connect'
  | 'login'
  | 'submit'
  | 'run';

/** What is known of a failed delivery. */
export interface DestinationFailure {
  readonly destination: string;
  readonly step: DestinationStep;
  /** `message`: the others may still be delivered. `destination`: nothing can be delivered now. */
  readonly scope: 'message' | 'destination';
  readonly transient?: boolean | undefined;
}

/** A destination did not take a message, or cannot take any. No part of the message is visible there. */
export class DestinationError extends CollectorError {
  override readonly name = 'DestinationError';
  readonly code = 'ERR_COLLECT_DESTINATION';
  readonly transient: boolean;
  readonly destination: string;
  readonly step: DestinationStep;
  readonly scope: 'message' | 'destination';

  constructor(message: string, failure: DestinationFailure, options?: CollectorErrorOptions) {
    super(message, options);
    this.destination = failure.destination;
    this.step = failure.step;
    this.scope = failure.scope;
    this.transient = failure.transient ?? false;
  }
}

/** The error for a failed file-system call. */
export function fileFailure(
  destination: string,
  step: DestinationStep,
  path: string,
  cause: unknown,
): DestinationError {
  const code = systemErrorCode(cause);
  const known = explainSystemError(code);
  const reason = known?.[0] ?? (cause instanceof Error ? cause.message : String(cause));
  return new DestinationError(
    `${destination}: cannot ${step} ${path}: ${reason}`,
    {
      destination,
      step,
      scope: 'destination',
      transient: isLackOfRoom(code) || code === 'EMFILE',
    },
    { cause, hint: known?.[1] },
  );
}
