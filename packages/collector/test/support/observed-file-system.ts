import { type FileSystem, nodeFileSystem } from '../../src/destination/file-system.ts';

/** A call of a file system. */
export type FileSystemCall = keyof FileSystem;

/** The real file system, with somebody in between who may watch, fail or die. `subject` is the path, where the call has one. */
export function observeFileSystem(
  pass: <T>(call: FileSystemCall, subject: string | undefined, work: () => T) => T,
): FileSystem {
  const real = nodeFileSystem;
  return {
    create: (path) => pass('create', path, () => real.create(path)),
    openAppend: (path) => pass('openAppend', path, () => real.openAppend(path)),
    write: (file, octets) => pass('write', undefined, () => real.write(file, octets)),
    truncate: (file, length) => pass('truncate', undefined, () => real.truncate(file, length)),
    size: (file) => pass('size', undefined, () => real.size(file)),
    close: (file) => pass('close', undefined, () => real.close(file)),
    sync: (file, path) => pass('sync', path, () => real.sync(file, path)),
    syncFolder: (path) => pass('syncFolder', path, () => real.syncFolder(path)),
    link: (from, to) => pass('link', to, () => real.link(from, to)),
    rename: (from, to) => pass('rename', to, () => real.rename(from, to)),
    remove: (path) => pass('remove', path, () => real.remove(path)),
    exists: (path) => pass('exists', path, () => real.exists(path)),
    list: (path) => pass('list', path, () => real.list(path)),
    makeFolder: (path) => pass('makeFolder', path, () => real.makeFolder(path)),
  };
}

/** Writes down every call and its path. */
export function recordCalls(): { readonly fileSystem: FileSystem; readonly calls: string[] } {
  const calls: string[] = [];
  const fileSystem = observeFileSystem((call, subject, work) => {
    calls.push(subject === undefined ? call : `${call} ${subject}`);
    return work();
  });
  return { fileSystem, calls };
}

/** Lets one call fail: the one of that number among its kind, from when the fault is set. */
export class FaultyFileSystem {
  /** Undefined: nothing fails. */
  fault: { readonly call: FileSystemCall; readonly code: string; number: number } | undefined;
  /** Whether the fault has happened. */
  happened = false;
  readonly fileSystem: FileSystem = observeFileSystem((call, _, work) => {
    const { fault } = this;
    if (fault?.call === call && --fault.number === 0) {
      this.happened = true;
      throw Object.assign(new Error(`${fault.code}: simulated`), { code: fault.code });
    }
    return work();
  });
}
