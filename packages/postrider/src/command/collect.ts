import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTemporaryFileSystem, SqliteLedger } from '@postrider/collector';
import { AccountCollection } from '../collect/accounts.ts';
import { explainEnding } from '../collect/ending.ts';
import { commonExitCode, type Summary, summaryColumns } from '../collect/summary.ts';
import { findTargets } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { dryRunFlag } from '../flag/collect.ts';
import { ledgerPath } from '../ledger/open-ledger.ts';

/** `postrider collect`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const targets = await findTargets(context);
  const path = ledgerPath(context);
  // A dry run leaves no ledger where there was none.
  const scratch = invocation.get(dryRunFlag) && !existsSync(path) ? scratchFolder() : undefined;
  const ledger = new SqliteLedger(scratch === undefined ? path : join(scratch, 'ledger.sqlite'));
  try {
    const collection = new AccountCollection(context, targets, ledger);
    const jobs = await collection.prepare();
    const deletes = jobs.some(({ options }) => (options.retention?.type ?? 'keep') !== 'keep');
    if (deletes && isTemporaryFileSystem(path)) {
      output.warn(
        `the ledger ${path} is on a file system that a restart empties, and mail is to be deleted: choose another --ledger`,
      );
    }
    const stopExplaining = explainEnding(context);
    const summaries = await collection.run().finally(stopExplaining);
    await printSummaries(context, summaries);
    if (!io.signal.aborted) return commonExitCode(summaries);
    output.error('interrupted: what was delivered is recorded, and the rest stays on the server', undefined);
    return exitCode.interrupted;
  } finally {
    await ledger.close();
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

function scratchFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'postrider-'));
  } catch (error) {
    throw new ProgramError(
      `the folder for temporary files, ${tmpdir()}, cannot be used: ${error instanceof Error ? error.message : error}`,
      exitCode.localIo,
      'Name another one in the environment variable TMPDIR.',
      error,
    );
  }
}

async function printSummaries({ output }: Context, summaries: readonly Summary[]): Promise<void> {
  if (output.json) return;
  const [only] = summaries;
  if (summaries.length === 1 && only !== undefined) {
    if (only.sentence !== undefined) output.print(only.sentence);
    return;
  }
  // The library for tables takes longer to load than a small collection does.
  const { formatTable } = await import('../output/table.ts');
  const rows = summaries.map(({ row }) => row);
  output.printPainted(formatTable(summaryColumns, rows, { columns: output.columns, paint: output.paint }));
}
