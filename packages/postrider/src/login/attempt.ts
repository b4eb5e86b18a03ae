import { type AuthenticateOptions, Pop3Client } from '@postrider/pop3';
import { logIn } from '../connection/login.ts';
import { connectOptions, endpointLabel } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { during } from '../failure/index.ts';

/** A login that went well. */
export interface Attempt {
  readonly mechanism: string;
  /** How many messages there are. */
  readonly messages: number;
}

/** Connects, and goes again. @throws whatever keeps it from connecting. */
export async function reach(context: Context, target: Target): Promise<void> {
  const options = await connectOptions(context, target);
  const client = await during(endpointLabel(options), 'connecting', Pop3Client.connect(options));
  await client.quit().catch(() => {});
  client.destroy();
}

/** Logs in with a credential, looks how many messages there are, and goes again. */
export async function attempt(
  context: Context,
  target: Target,
  authenticate: AuthenticateOptions,
): Promise<Attempt> {
  const connect = await connectOptions(context, target);
  const where = endpointLabel(connect);
  const { client, result } = await logIn(context, { connect, authenticate, where });
  try {
    const { messages } = await during(where, 'asking for the drop listing', client.stat());
    await client.quit().catch(() => {});
    return { mechanism: result.mechanism, messages };
  } finally {
    client.destroy();
  }
}
