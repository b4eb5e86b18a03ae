import { CollectorError, type CollectorErrorOptions } from '../failure/index.ts';

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

const explanations: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Make room, then run it again: what is missing will be fetched then.'],
  EDQUOT: ['the quota is used up', 'Make room, then run it again: what is missing will be fetched then.'],
  EACCES: ['permission is denied', 'Check who owns it, and its permissions.'],
  EPERM: ['the operation is not permitted', 'Check who owns it, and its permissions.'],
  EROFS: ['the file system is read-only', 'Choose another place, or mount it writable.'],
  EIO: ['the disk reports an error', 'Check the disk before you trust it with mail.'],
  ENOENT: ['it does not exist', 'Check the path.'],
  ENOTDIR: ['a part of its path is no folder', 'Check the path.'],
  EEXIST: ['there is a file of that name', 'Choose another name, or move that file away.'],
  EISDIR: ['it is a folder', 'Name a file.'],
  ELOOP: ['it is a symbolic link', 'Name the file itself: links are not followed.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n), or use fewer jobs.'],
};

/** The error for a failed file-system call. */
export function fileFailure(
  destination: string,
  step: DestinationStep,
  path: string,
  cause: unknown,
): DestinationError {
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : '';
  const known = explanations[code];
  const reason = known?.[0] ?? (cause instanceof Error ? cause.message : String(cause));
  return new DestinationError(
    `${destination}: cannot ${step} ${path}: ${reason}`,
    {
      destination,
      step,
      scope: 'destination',
      transient: code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE',
    },
    { cause, hint: known?.[1] },
  );
}
