/** What a failed system call means to a person, and what to do about it. */
export type Explanation = readonly [what: string, hint: string];

const explanations: Readonly<Record<string, Explanation>> = {
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

/** The code of a failed system call, such as `ENOSPC`; undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Puts the code of a system call into words, where it is one that people meet. */
export function explainSystemError(code: string | undefined): Explanation | undefined {
  return code === undefined ? undefined : explanations[code];
}

/** The same may succeed once there is room. */
export function isLackOfRoom(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}
