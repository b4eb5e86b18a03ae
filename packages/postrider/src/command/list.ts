import type { Pop3Client } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, UsageError } from '../failure/index.ts';
import { headersFlag } from '../flag/message.ts';
import { addHeaders, ignoreRefusal, type Listed } from '../message/listed.ts';
import { type MergedListings, mergeListings } from '../message/merge-listings.ts';
import { formatDate } from '../output/date.ts';
import { formatTable } from '../output/table.ts';

/** `postrider list`. */
export async function run(context: Context): Promise<number> {
  const { output, invocation } = context;
  const { target, rest } = await findTarget(context);
  if (rest.length > 0) throw new UsageError(`list does not know what to do with '${rest[0] ?? ''}'`);
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    const withHeaders = invocation.get(headersFlag);
    const listing = listMessages(context, client, withHeaders);
    const { messages, faults } = await during(where, 'listing the messages', listing);
    await client.quit().catch(() => {});
    if (output.json) output.printJson(messages);
    else printTable(context, messages, withHeaders);
    // Messages may be missing.
    return faults.length === 0 ? exitCode.done : exitCode.someFailed;
  } finally {
    client.destroy();
  }
}

async function listMessages(
  { output }: Context,
  client: Pop3Client,
  withHeaders: boolean,
): Promise<MergedListings> {
  const [scan, unique] = await Promise.all([client.list(), client.uidl().catch(ignoreRefusal)]);
  const { messages, faults } = mergeListings(scan, unique);
  for (const fault of faults) output.warn(fault);
  return { messages: withHeaders ? await addHeaders(output, client, messages) : messages, faults };
}

function printTable({ output }: Context, messages: readonly Listed[], withHeaders: boolean): void {
  if (messages.length === 0) {
    output.note('There are no messages.');
    return;
  }
  const space = { columns: output.columns, paint: output.paint };
  const number = [
    { title: 'N', align: 'right' },
    { title: 'Octets', align: 'right' },
  ] as const;
  if (withHeaders) {
    const columns = [
      ...number,
      { title: 'Date' },
      { title: 'From', shrinksTo: 12 },
      { title: 'Subject', shrinksTo: 16 },
    ];
    const rows = messages.map(({ messageNumber, octets, date, from, subject }) => [
      String(messageNumber),
      String(octets),
      date === null || date === undefined ? '' : formatDate(new Date(date)),
      from ?? '',
      subject ?? '',
    ]);
    output.printPainted(formatTable(columns, rows, space));
    return;
  }
  const columns = [...number, { title: 'Unique-id', shrinksTo: 16 }];
  const rows = messages.map(({ messageNumber, octets, uniqueId }) => [
    String(messageNumber),
    String(octets),
    uniqueId ?? '',
  ]);
  output.printPainted(formatTable(columns, rows, space));
}
