import { logIn, planLogin } from '../connection/login.ts';
import { findTargets, type Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { describeFailure, during, exitCode } from '../failure/index.ts';
import { countOf } from '../output/quantity.ts';
import type { Cell } from '../output/table.ts';

interface Status {
  readonly account: string;
  readonly host: string;
  readonly user: string;
  readonly messages: number;
  readonly octets: number;
  readonly mechanism: string;
  /** `TLSv1.3`, or null without TLS. */
  readonly tls: string | null;
}

interface Failed {
  readonly account: string;
  readonly error: string;
  readonly exitCode: number;
}

/** `postrider status`. */
export async function run(context: Context): Promise<number> {
  const targets = await findTargets(context);
  const [only] = targets;
  if (targets.length > 1 || only === undefined) return showMany(context, targets);
  const status = await askStatus(context, only);
  if (context.output.json) context.output.printJson(status);
  else
    context.output.print(
      `You have ${countOf(status.messages, 'message')} totaling ${countOf(status.octets, 'byte')}.`,
    );
  return exitCode.done;
}

async function askStatus(context: Context, target: Target): Promise<Status> {
  const { client, result, where } = await logIn(context, await planLogin(context, target));
  try {
    const { messages, octets } = await during(where, 'asking for the drop listing', client.stat());
    // The answer is there already; a server that fails at goodbye changes nothing about it.
    await client.quit().catch(() => {});
    const tls = client.tls?.version ?? null;
    return {
      account: target.label,
      host: target.host,
      user: target.user,
      messages,
      octets,
      mechanism: result.mechanism,
      tls,
    };
  } finally {
    client.destroy();
  }
}

async function showMany(context: Context, targets: readonly Target[]): Promise<number> {
  const { output } = context;
  // Questions are asked one after the other; the servers are asked all at once.
  const results = await Promise.all(targets.map((target) => askSafely(context, target)));
  if (output.json) output.printJson(results);
  else {
    // Loaded here, as it takes longer than all the rest of a start.
    const { formatTable } = await import('../output/table.ts');
    output.printPainted(
      formatTable(columns, results.map(toRow), { columns: output.columns, paint: output.paint }),
    );
  }
  const failed = results.filter((result) => 'error' in result);
  return failed.length === 0 ? exitCode.done : exitCode.someFailed;
}

async function askSafely(context: Context, target: Target): Promise<Status | Failed> {
  try {
    return await askStatus(context, target);
  } catch (error) {
    context.io.signal.throwIfAborted();
    const failure = describeFailure(error);
    return { account: target.label, error: failure.sentence, exitCode: failure.exitCode };
  }
}

const columns = [
  { title: 'Account' },
  { title: 'Messages', align: 'right' },
  { title: 'Bytes', align: 'right' },
  { title: '', shrinksTo: 20 },
] as const;

function toRow(result: Status | Failed): readonly Cell[] {
  if ('error' in result) return [result.account, '', '', { text: result.error, tone: 'bad' }];
  return [result.account, String(result.messages), String(result.octets), ''];
}
