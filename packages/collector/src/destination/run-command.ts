import { type ChildProcess, spawn } from 'node:child_process';

/** How a command is run. */
export interface RunOptions {
  /** The descriptor of the file that is its standard input. */
  readonly input: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** Milliseconds between SIGTERM and SIGKILL for one that takes longer. */
  readonly grace: number;
}

/** How a command ended. `what` completes a sentence, and `complaint` is the beginning of what it said on standard error. */
export type CommandEnd = { readonly what: string; readonly complaint: string } & (
  | { readonly type: 'exit'; readonly status: number }
  | { readonly type: 'signal' | 'timeout' | 'error' }
);

const longestComplaint = 2000;
// What it leaves running in the background may hold its standard error open for ever.
const lastWords = 200;

/**
 * Runs a command by the shell, in a process group of its own: the Ctrl-C that ends this process does not end it in the middle of a message, and all
 * that it started ends with it where it takes too long. Never rejects.
 */
export function runWithInput(command: string, options: RunOptions): Promise<CommandEnd> {
  const { input, env, timeout, grace } = options;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(command, { shell: true, detached: true, stdio: [input, 'ignore', 'pipe'], env });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      resolve({ type: 'error', what: `cannot be run: ${reason}`, complaint: '' });
      return;
    }
    let complaint = '';
    let late = false;
    let timer = setTimeout(() => {
      late = true;
      endGroup(child, 'SIGTERM');
      timer = setTimeout(() => endGroup(child, 'SIGKILL'), grace);
    }, timeout);
    child.stderr?.on('data', (data: Buffer) => {
      complaint = (complaint + data.toString('utf8')).slice(0, longestComplaint);
    });
    const finish = (end: (complaint: string) => CommandEnd): void => {
      clearTimeout(timer);
      child.stderr?.destroy();
      resolve(end(complaint.trim()));
    };
    child.on('error', (error) => {
      finish((said) => ({ type: 'error', what: `cannot be run: ${error.message}`, complaint: said }));
    });
    child.on('exit', (status, signal) => {
      // The rest of its group must not go on with what it was to be stopped from.
      if (late) endGroup(child, 'SIGKILL');
      const words = setTimeout(() => finish(judge), lastWords);
      child.on('close', () => {
        clearTimeout(words);
        finish(judge);
      });
      function judge(said: string): CommandEnd {
        if (late) return { type: 'timeout', what: `took longer than ${timeout / 1000} s`, complaint: said };
        if (status === null) return { type: 'signal', what: `was ended by ${signal}`, complaint: said };
        return { type: 'exit', status, what: `failed with exit status ${status}`, complaint: said };
      }
    });
  });
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
