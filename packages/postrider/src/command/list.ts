import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, UsageError } from '../failure/index.ts';
import { headersFlag } from '../flag/message.ts';
import { type HeaderSummary, readHeader } from '../message/header.ts';
import { formatDate } from '../output/date.ts';
import { countOf } from '../output/quantity.ts';
import { formatTable } from '../output/table.ts';

const unknownHeader: HeaderSummary = { date: null, from: null, subject: null };

interface Listed extends Partial<HeaderSummary> {
  readonly messageNumber: number;
  readonly octets: number;
  /** Null where the server has none. */
  readonly uniqueId: string | null;
}

/** `postrider list`. */
export async function run(context: Context): Promise<number> {
  const { output, invocation } = context;
  const { target, rest } = await findTarget(context);
  if (rest.length > 0) throw new UsageError(`list does not know what to do with '${rest[0] ?? ''}'`);
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    const withHeaders = invocation.get(headersFlag);
    const messages = await during(where, 'listing the messages', listMessages(context, client, withHeaders));
    await client.quit().catch(() => {});
    if (output.json) output.printJson(messages);
    else printTable(context, messages, withHeaders);
    return exitCode.done;
  } finally {
    client.destroy();
  }
}

async function listMessages(
  { output }: Context,
  client: Pop3Client,
  withHeaders: boolean,
): Promise<readonly Listed[]> {
  const [scan, unique] = await Promise.all([client.list(), client.uidl().catch(ignoreRefusal)]);
  for (const { lineNumber, excerpt } of [...scan.malformed, ...(unique?.malformed ?? [])]) {
    output.warn(`line ${lineNumber} of the server's listing is malformed: ${excerpt}`);
  }
  const uniqueIds = new Map(unique?.entries.map(({ messageNumber, uniqueId }) => [messageNumber, uniqueId]));
  const listed = scan.entries.map(
    (entry): Listed => ({ ...entry, uniqueId: uniqueIds.get(entry.messageNumber) ?? null }),
  );
  if (!withHeaders) return listed;
  const results: Listed[] = [];
  const refusals: string[] = [];
  // Asked for in groups, so that what waits for its turn holds little.
  for (let start = 0; start < listed.length; start += 64) {
    const group = listed.slice(start, start + 64);
    const streams = group.map(({ messageNumber }) => client.top(messageNumber, 0));
    for (const [index, stream] of streams.entries()) {
      const message = group[index];
      if (message === undefined) continue;
      const header = await readHeader(stream).catch((error: unknown) => {
        if (!(error instanceof CommandRejectedError)) throw error;
        refusals.push(error.message);
        return unknownHeader;
      });
      results.push({ ...message, ...header });
    }
  }
  const [refusal] = refusals;
  if (refusal !== undefined) output.warn(`${countOf(refusals.length, 'header')} cannot be had: ${refusal}`);
  return results;
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

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof CommandRejectedError)) throw error;
  return undefined;
}
