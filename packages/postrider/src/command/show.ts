import { logIn, planLogin } from '../connection/login.ts';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during, exitCode, UsageError } from '../failure/index.ts';
import { headersFlag, rawFlag, saveFlag } from '../flag/message.ts';
import { messageNumbers } from '../message/number.ts';

// What is parsed is held in memory; nobody reads more than this on a terminal.
const longest = 100_000_000;

/** `postrider show`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output } = context;
  const { target, rest } = await findTarget(context);
  const [number, more] = messageNumbers(rest);
  if (number === undefined || more !== undefined)
    throw new UsageError('show wants one message-number', 'Write: postrider show HOST USER N');
  const { client, where } = await logIn(context, await planLogin(context, target));
  try {
    const reading = `reading message ${number}`;
    if (invocation.get(rawFlag)) {
      await during(where, reading, writeAll(context, client.retrieve(number)));
    } else if (invocation.get(headersFlag)) {
      const octets = await during(where, reading, client.top(number, 0).bytes({ maximum: longest }));
      const header = Buffer.from(octets).toString('utf8');
      output.print(header.split(/\r?\n\r?\n/, 1)[0]?.trimEnd() ?? '');
    } else {
      const octets = await during(where, reading, client.retrieve(number).bytes({ maximum: longest }));
      const { showMessage } = await import('../message/show.ts');
      await showMessage(context, octets, invocation.get(saveFlag));
    }
    await client.quit().catch(() => {});
    return exitCode.done;
  } finally {
    client.destroy();
  }
}

async function writeAll({ output }: Context, content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of content) await output.writeOctets(piece);
}
