import { type LoginPlan, logIn, planLogin } from '../connection/login.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { describeFailure, during, exitCode } from '../failure/index.ts';
import { countMessages } from './count.ts';
import { mapLimited } from './map-limited.ts';

/** How an account is: its messages, or why they cannot be counted. */
export interface Status {
  readonly account: string;
  readonly host: string;
  readonly user: string;
  /** Null where it failed, as all that follow up to `tls`. */
  readonly messages: number | null;
  readonly octets: number | null;
  readonly mechanism: string | null;
  /** `TLSv1.3`; null without TLS, too. */
  readonly tls: string | null;
  readonly error: string | null;
  readonly exitCode: number;
}

// Servers take a few connections of one machine at a time.
const atOnce = 8;

/** Logs in to a maildrop and counts its messages. */
export async function askStatus(context: Context, target: Target, plan?: LoginPlan): Promise<Status> {
  const { client, result, where } = await logIn(context, plan ?? (await planLogin(context, target)));
  try {
    const { messages, octets } = await during(where, 'asking for the drop listing', countMessages(client));
    // The answer is there already; a server that fails at goodbye changes nothing about it.
    await client.quit().catch(() => {});
    return {
      account: target.label,
      host: target.host,
      user: target.user,
      messages,
      octets,
      mechanism: result.mechanism,
      tls: client.tls?.version ?? null,
      error: null,
      exitCode: exitCode.done,
    };
  } finally {
    client.destroy();
  }
}

/** Asks several, each for itself. Questions to the user come one after the other; the servers are asked in parallel. */
export async function askAll(context: Context, targets: readonly Target[]): Promise<readonly Status[]> {
  const planned: (() => Promise<Status>)[] = [];
  for (const target of targets) {
    const plan = await planLogin(context, target).catch((error: unknown) => failed(target, error));
    planned.push(async () =>
      'error' in plan
        ? plan
        : await askStatus(context, target, plan).catch((error: unknown) => failed(target, error)),
    );
  }
  return mapLimited(planned, atOnce, (ask) => ask());
}

function failed({ label, host, user }: Target, error: unknown): Status {
  const failure = describeFailure(error);
  if (failure.exitCode === exitCode.interrupted) throw error;
  return {
    account: label,
    host,
    user,
    messages: null,
    octets: null,
    mechanism: null,
    tls: null,
    error: failure.sentence,
    exitCode: failure.exitCode,
  };
}
