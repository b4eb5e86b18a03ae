import { findTargets } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../failure/index.ts';
import { type Cell, formatTable } from '../output/table.ts';
import { askAll, type Status } from '../status/ask.ts';

/** `postrider accounts test`. */
export async function run(context: Context): Promise<number> {
  const { output } = context;
  const statuses = await askAll(context, await findTargets(context));
  if (output.json) output.printJson(statuses);
  else
    output.printPainted(
      formatTable(columns, statuses.map(toRow), { columns: output.columns, paint: output.paint }),
    );
  return statuses.every(({ error }) => error === null) ? exitCode.done : exitCode.someFailed;
}

const columns = [
  { title: 'Account' },
  { title: 'Login' },
  { title: 'Messages', align: 'right' },
  { title: 'How, or why not' },
] as const;

function toRow({ account, messages, mechanism, tls, error }: Status): readonly Cell[] {
  if (error !== null) return [account, { text: 'failed', tone: 'bad' }, '', error];
  const way = `${mechanism} ${tls === null ? 'without TLS' : `over ${tls}`}`;
  return [account, { text: 'good', tone: 'good' }, String(messages), way];
}
