import { findTargets } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../failure/index.ts';
import { countOf } from '../output/quantity.ts';
import type { Cell } from '../output/table.ts';
import { askAll, askStatus, type Status } from '../status/ask.ts';

/** `postrider status`. */
export async function run(context: Context): Promise<number> {
  const { output } = context;
  const targets = await findTargets(context);
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    const status = await askStatus(context, only);
    if (output.json) output.printJson(status);
    else output.print(sentence(status));
    return exitCode.done;
  }
  const statuses = await askAll(context, targets);
  if (output.json) output.printJson(statuses);
  else {
    // Loaded here, as it takes longer than all the rest of a start.
    const { formatTable } = await import('../output/table.ts');
    output.printPainted(
      formatTable(columns, statuses.map(toRow), { columns: output.columns, paint: output.paint }),
    );
  }
  return statuses.every(({ error }) => error === null) ? exitCode.done : exitCode.someFailed;
}

function sentence({ messages, octets }: Status): string {
  return `You have ${countOf(messages ?? 0, 'message')} totaling ${countOf(octets ?? 0, 'byte')}.`;
}

// The reason is not shortened: it is what somebody needs who reads it.
const columns = [
  { title: 'Account' },
  { title: 'Messages', align: 'right' },
  { title: 'Bytes', align: 'right' },
  { title: '' },
] as const;

function toRow({ account, messages, octets, error }: Status): readonly Cell[] {
  if (error !== null) return [account, '', '', { text: error, tone: 'bad' }];
  return [account, String(messages), String(octets), ''];
}
