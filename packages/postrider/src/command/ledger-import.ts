import { existsSync } from 'node:fs';
import { SqliteLedger } from '@postrider/collector';
import { findTarget, type Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { fromFlag, importDryRunFlag, sectionFlag } from '../flag/ledger.ts';
import { type ImportResult, importSection } from '../ledger/import-section.ts';
import { ledgerAccount, ledgerPath, maildropName } from '../ledger/open-ledger.ts';
import { readStateFile, type StateFile } from '../ledger/read-state-file.ts';
import type { StateSection } from '../ledger/state-file.ts';
import { countOf } from '../output/quantity.ts';

/** `postrider ledger import`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output } = context;
  const words = invocation.arguments;
  const target = words.length === 1 ? undefined : await targetOf(context);
  const file = readStateFile(words.at(-1) ?? '', invocation.get(fromFlag));
  const chosen = chooseSections(file, target, invocation.get(sectionFlag)).map((section) => ({
    account: target === undefined ? nameOf(section) : ledgerAccount(context, target),
    section,
  }));
  const dryRun = invocation.get(importDryRunFlag);
  const path = ledgerPath(context);
  // A dry run makes no ledger where there is none.
  const ledger = dryRun && !existsSync(path) ? undefined : new SqliteLedger(path);
  const results: object[] = [];
  try {
    for (const { account, section } of chosen) {
      const options = { ledger, account, format: file.format, dryRun, now: Date.now() };
      const result = await importSection(section, options);
      results.push({ account, program: file.format, ...result, dryRun });
      if (!output.json) output.print(sentence(account, file, result, dryRun));
    }
  } finally {
    await ledger?.close();
  }
  if (output.json) output.printJson(results);
  return exitCode.done;
}

async function targetOf(context: Context): Promise<Target> {
  const words = context.invocation.arguments.slice(0, -1);
  const { target, rest } = await findTarget({
    ...context,
    invocation: { ...context.invocation, arguments: words },
  });
  if (rest.length > 0) throw new UsageError(`ledger import does not know what to do with '${rest[0] ?? ''}'`);
  return target;
}

function chooseSections(
  { path, format, sections }: StateFile,
  target: Target | undefined,
  named: string | undefined,
): readonly StateSection[] {
  const wanted = named ?? (target === undefined ? undefined : nameOf(target));
  const nameless = sections.filter(({ host }) => host === undefined);
  if (nameless.length > 0 && target === undefined) {
    throw new UsageError(
      `${path} does not say which maildrop it is about, as files of ${format} do not`,
      'Name it: postrider ledger import ACCOUNT FILE, or HOST USER FILE.',
    );
  }
  if (nameless.length > 0 && named !== undefined)
    throw new UsageError(`${path} has no sections, as files of ${format} have none`, 'Leave --section out.');
  const chosen = sections.filter(
    (section) => section.host === undefined || wanted === undefined || nameOf(section) === foldHost(wanted),
  );
  if (chosen.length === 0) {
    const names = sections.map(nameOf);
    throw new UsageError(
      names.length === 0 ? `${path} has no maildrop in it` : `${path} has nothing about ${wanted ?? ''}`,
      names.length === 0
        ? 'Check whether it is the right file.'
        : `It has: ${names.join(', ')}. Take one of them with --section.`,
    );
  }
  return chosen;
}

function nameOf({ user = '', host = '' }: { user?: string | undefined; host?: string | undefined }): string {
  return maildropName(user, host);
}

function foldHost(name: string): string {
  const at = name.lastIndexOf('@');
  return name.slice(0, at + 1) + name.slice(at + 1).toLowerCase();
}

function sentence(
  account: string,
  { format, path }: StateFile,
  result: ImportResult,
  dryRun: boolean,
): string {
  const { messages, added, known, unfetched } = result;
  const become = dryRun ? 'would count' : added === 1 ? 'now counts' : 'now count';
  const parts = [
    `${countOf(messages, 'message')} in ${path} of ${format}`,
    `${added} ${become} as delivered`,
    `${known} known already`,
    ...(unfetched > 0 ? [`${unfetched} more that it has not fetched whole`] : []),
  ];
  return `${account}: ${parts.join(', ')}.`;
}
