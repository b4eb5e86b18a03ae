import { logIn, planLogin } from '../connection/login.ts';
import type { Context } from '../context.ts';
import { describeFailure } from '../failure/index.ts';
import { countOf, formatOctets } from '../output/quantity.ts';
import { countMessages } from '../status/count.ts';
import type { Examination } from './examine.ts';
import type { ServerToExamine } from './server.ts';

/** How a login went. Keys are stable: `doctor --json` prints it. */
export interface LoginAttempt {
  readonly user: string;
  readonly mechanism: string | null;
  readonly messages: number | null;
  readonly octets: number | null;
  readonly error: {
    readonly sentence: string;
    readonly hint: string | null;
    readonly exitCode: number;
  } | null;
}

/** Logs in where that is wanted, in a way that was found to be safe. Undefined: it was not, or the server is in doubt. */
export async function tryLogin(
  context: Context,
  { target, wantsLogin, confirmed }: ServerToExamine,
  { security, port }: Examination,
): Promise<LoginAttempt | undefined> {
  if (!wantsLogin || !confirmed) return undefined;
  const nothing = { user: target.user, mechanism: null, messages: null, octets: null };
  try {
    const plan = await planLogin(context, target);
    const connect = { ...plan.connect, security, port };
    const { client, result } = await logIn(context, { ...plan, connect });
    try {
      const { messages, octets } = await countMessages(client);
      await client.quit().catch(() => {});
      return { user: target.user, mechanism: result.mechanism, messages, octets, error: null };
    } finally {
      client.destroy();
    }
  } catch (error) {
    context.io.signal.throwIfAborted();
    const { sentence, hint, exitCode } = describeFailure(error);
    return { ...nothing, error: { sentence, hint: hint ?? null, exitCode } };
  }
}

/** What a login found, in a few words. */
export function describeLogin({ user, mechanism, messages, octets }: LoginAttempt): string {
  return `${user}, by ${mechanism ?? ''}: ${countOf(messages ?? 0, 'message')}, ${formatOctets(octets ?? 0)}`;
}
