import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, ProgramError, UsageError } from '../failure/index.ts';
import { uniqueIdFlag, yesFlag } from '../flag/message.ts';
import type { HeaderSummary } from '../message/header.ts';
import { addHeaders, ignoreRefusal, type Listed } from '../message/listed.ts';
import { messageNumbers, numberMissing } from '../message/number.ts';
import { countOf } from '../output/quantity.ts';
import type { Painter } from '../output/style.ts';
import { formatTable } from '../output/table.ts';

type Described = Listed & HeaderSummary;

const noneDeleted = "'postrider list' shows which messages there are now. None was deleted.";

/** `postrider delete`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const { target, rest } = await findTarget(context);
  const numbers = messageNumbers(rest);
  const uniqueIds = invocation.get(uniqueIdFlag);
  if (numbers.length + uniqueIds.length === 0)
    throw numberMissing(invocation.definition, 'the message-numbers', target);
  const yes = invocation.get(yesFlag);
  if (!yes && !io.prompter.available) {
    throw new UsageError('there is no terminal to ask whether to delete', 'Add --yes.');
  }
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    const work = async (): Promise<readonly Described[]> => {
      const found = await findMessages(client, numbers, uniqueIds);
      const messages = await addHeaders(output, client, found);
      if (!yes) {
        // Also with --quiet: nobody can say yes to what is not shown.
        output.instructPainted(table(messages, output.paintNote, output.noteColumns));
        const question = `Delete ${countOf(messages.length, 'message')} for good?`;
        if (!(await io.prompter.confirm(question))) return [];
      }
      await Promise.all(messages.map(({ messageNumber }) => client.dele(messageNumber)));
      return messages;
    };
    const deleted = await during(where, 'deleting', work(), (error) =>
      isRejected(error) ? noneDeleted : undefined,
    );
    await during(where, 'ending the session, which is what deletes', client.quit(), (error) =>
      isRejected(error) ? "'postrider list' shows which of them are left." : undefined,
    );
    if (output.json) output.printJson({ deleted });
    else if (deleted.length === 0) output.print('Nothing was deleted.');
    else {
      if (yes) output.printPainted(table(deleted, output.paint, output.columns));
      output.print(`Deleted ${countOf(deleted.length, 'message')}.`);
    }
    return exitCode.done;
  } finally {
    client.destroy();
  }
}

function isRejected(error: unknown): boolean {
  return error instanceof CommandRejectedError && !error.transient;
}

/** What was named, each once. All have to exist before any is deleted. */
async function findMessages(
  client: Pop3Client,
  numbers: readonly number[],
  uniqueIds: readonly string[],
): Promise<readonly Listed[]> {
  const named = uniqueIds.length === 0 ? new Map<number, string>() : await numbersOf(client, uniqueIds);
  const all = [...new Set([...numbers, ...named.keys()])];
  return Promise.all(
    all.map(async (number): Promise<Listed> => {
      const wanted = named.get(number);
      const [{ octets }, unique] = await Promise.all([
        client.list(number),
        client.uidl(number).catch(ignoreRefusal),
      ]);
      // The listing is the server's word, and so is this.
      if (wanted !== undefined && unique !== undefined && unique.uniqueId !== wanted) {
        throw new ProgramError(
          `the server contradicts itself: message ${number} has the unique-id '${wanted}', and '${unique.uniqueId}'`,
          exitCode.someFailed,
          noneDeleted,
        );
      }
      return { messageNumber: number, octets, uniqueId: unique?.uniqueId ?? null };
    }),
  );
}

async function numbersOf(
  client: Pop3Client,
  uniqueIds: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const { entries } = await client.uidl();
  const numbered = uniqueIds.map((wanted): [number, string] => {
    const [found, another] = entries.filter(({ uniqueId }) => uniqueId === wanted);
    if (found !== undefined && another === undefined) return [found.messageNumber, wanted];
    throw new ProgramError(
      found === undefined
        ? `there is no message with the unique-id '${wanted}'`
        : `several messages have the unique-id '${wanted}'`,
      exitCode.someFailed,
      noneDeleted,
    );
  });
  return new Map(numbered);
}

function table(messages: readonly Described[], paint: Painter, columns: number | undefined): string {
  const headings = [
    { title: 'N', align: 'right' },
    { title: 'Octets', align: 'right' },
    { title: 'Unique-id', shrinksTo: 8 },
    { title: 'From', shrinksTo: 12 },
    { title: 'Subject', shrinksTo: 16 },
  ] as const;
  const rows = messages.map(({ messageNumber, octets, uniqueId, from, subject }) => [
    String(messageNumber),
    String(octets),
    uniqueId ?? '',
    from ?? '',
    subject ?? '',
  ]);
  return formatTable(headings, rows, { columns, paint });
}
