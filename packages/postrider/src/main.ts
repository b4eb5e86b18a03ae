import { readFileSync } from 'node:fs';
import type { Context } from './context.ts';
import { describeFailure, exitCode, ProgramError } from './failure/index.ts';
import { colorFlag, jsonFlag, quietFlag, verboseFlag } from './flag/general.ts';
import { helpFor, programHelp } from './flag/help.ts';
import { parseCommandLine } from './flag/parse.ts';
import { commands } from './flag/registry.ts';
import { topicNames } from './flag/topic-name.ts';
import type { Io } from './io.ts';
import { Output } from './output/output.ts';
import { processIo } from './process-io.ts';

// Ctrl-C, what ends services, and a terminal that was closed.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs the program on this process: the words behind its name, its streams, its signals. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      // A second signal ends it at once. Exiting waits for a thread that reads a pipe into which nobody writes: a third one ends that as well.
      heedSignals(false);
      process.exit(exitCode.interrupted);
    }
    controller.abort(new DOMException('interrupted', 'AbortError'));
  };
  const heedSignals = (heed: boolean): void => {
    for (const signal of signals) heed ? process.on(signal, interrupt) : process.off(signal, interrupt);
  };
  heedSignals(true);
  const words = process.argv.slice(2);
  const io = processIo(controller.signal);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output went away (`| head`): there is nobody left to tell.
    if (error.code === 'EPIPE') process.exit(exitCode.brokenPipe);
    const failure = new ProgramError(`standard output cannot be written: ${error.message}`, exitCode.localIo);
    process.exit(report(failure, plainOutput(words, io)));
  });
  process.stderr.on('error', () => {});
  // What no command caught is a bug, and said as one.
  process.on('uncaughtException', (error) => process.exit(report(error, plainOutput(words, io))));
  process.exitCode = await run(words, io);
  heedSignals(false);
}

/** Runs the program in a world of its own. Never rejects; gives the exit code. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  let output = plainOutput(words, io);
  try {
    const parsed = parseCommandLine(words, commands);
    if (parsed.type === 'version') {
      output.print(version());
      return exitCode.done;
    }
    if (parsed.type === 'help') {
      const { subject } = parsed;
      const text = subject === undefined ? programHelp(commands, topicNames) : helpFor(subject, commands);
      output.print(text?.trimEnd() ?? '');
      return exitCode.done;
    }
    const { invocation } = parsed;
    output = new Output(io, {
      json: invocation.get(jsonFlag),
      quiet: invocation.get(quietFlag),
      verbose: invocation.get(verboseFlag),
      color: invocation.get(colorFlag),
    });
    const context: Context = { invocation, output, io, commands };
    const module = await invocation.definition.load();
    return await module.run(context);
  } catch (error) {
    return report(error, output);
  }
}

/** How failures are told before the command line was read. */
function plainOutput(words: readonly string[], io: Io): Output {
  const verbose = words.includes('--verbose') || words.includes('-v');
  return new Output(io, { json: false, quiet: false, verbose, color: undefined });
}

function report(error: unknown, output: Output): number {
  const failure = describeFailure(error);
  output.error(failure.sentence, failure.hint);
  if (failure.exitCode === exitCode.bug && output.verbose && error instanceof Error)
    output.debug(error.stack ?? '');
  return failure.exitCode;
}

/** The version of the package. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && 'version' in value
    ? String(value.version)
    : 'unknown';
}
