import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, UsageError } from '../failure/index.ts';
import { yesFlag } from '../flag/message.ts';
import { readHeader } from '../message/header.ts';
import { messageNumbers } from '../message/number.ts';
import { countOf } from '../output/quantity.ts';

/** `postrider delete`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const { target, rest } = await findTarget(context);
  const numbers = [...new Set(messageNumbers(rest))];
  if (numbers.length === 0)
    throw new UsageError('delete wants the message-numbers', 'Write: postrider delete HOST USER N...');
  const yes = invocation.get(yesFlag);
  if (!yes && !io.prompter.available) {
    throw new UsageError('there is no terminal to ask whether to delete', 'Add --yes.');
  }
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    const work = async (): Promise<number> => {
      // All have to exist before any is deleted.
      await Promise.all(numbers.map((number) => client.list(number)));
      if (!yes) {
        for (const number of numbers) {
          const { from, subject } = await readHeader(client.top(number, 0));
          output.note(`${number}  ${from ?? ''}  ${subject ?? ''}`);
        }
        if (!(await io.prompter.confirm(`Delete ${countOf(numbers.length, 'message')} for good?`))) return 0;
      }
      await Promise.all(numbers.map((number) => client.dele(number)));
      return numbers.length;
    };
    const deleted = await during(where, 'deleting', work());
    await during(where, 'ending the session, which is what deletes', client.quit());
    if (output.json) output.printJson({ deleted: deleted === 0 ? [] : numbers });
    else output.print(deleted === 0 ? 'Nothing was deleted.' : `Deleted ${countOf(deleted, 'message')}.`);
    return exitCode.done;
  } finally {
    client.destroy();
  }
}
