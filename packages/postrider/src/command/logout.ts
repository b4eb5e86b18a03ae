import { loadConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { describeFailure, exitCode, UsageError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { forgetCredential } from '../keyring/credential.ts';
import { passwordName, tokenName } from '../keyring/secret-name.ts';
import { findSecret } from '../keyring/secret-stores.ts';
import { revoke } from '../oauth/grant.ts';
import { profiles } from '../oauth/profile.ts';
import { clientOf } from '../oauth/refresh.ts';
import { decodeRecord, type TokenRecord } from '../oauth/token-record.ts';
import { whileAlone } from '../oauth/token-source.ts';

/** `postrider logout`: forgets what is kept, and revokes tokens where that can be done. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const [name = ''] = invocation.arguments;
  const { forgotten, revoked, failed } = (await isKept(context, name))
    ? await whileAlone(context, name, () => forget(context, name))
    : nothing;
  if (!forgotten) {
    // An account that was taken out of the configuration may have left something behind.
    const { accounts } = await loadConfig(invocation.get(configFlag), io.env);
    if (!accounts.has(name)) {
      throw new UsageError(
        `there is no account '${name}', and nothing is kept for it`,
        accounts.size === 0 ? 'There is none.' : `There are: ${[...accounts.keys()].join(', ')}.`,
      );
    }
  }
  if (output.json) output.printJson({ account: name, forgotten, revoked });
  else if (!forgotten) output.print(`Nothing is kept for ${name}.`);
  else output.print(`Forgot what was kept for ${name}.${revoked ? ' Its tokens were revoked.' : ''}`);
  return failed ? exitCode.someFailed : exitCode.done;
}

interface Forgotten {
  readonly forgotten: boolean;
  readonly revoked: boolean;
  /** It should have been revoked, and could not be. */
  readonly failed: boolean;
}

const nothing: Forgotten = { forgotten: false, revoked: false, failed: false };

async function isKept(context: Context, name: string): Promise<boolean> {
  const found =
    (await findSecret(context, tokenName(name))) ?? (await findSecret(context, passwordName(name)));
  return found !== undefined;
}

async function forget(context: Context, name: string): Promise<Forgotten> {
  const found = await findSecret(context, tokenName(name));
  const record = found === undefined ? undefined : decodeRecord(found.value);
  const outcome = record === undefined ? 'nothing' : await tryToRevoke(context, name, record);
  const forgotten = await forgetCredential(context, name);
  return { forgotten, revoked: outcome === 'revoked', failed: outcome === 'failed' };
}

async function tryToRevoke(
  context: Context,
  name: string,
  record: TokenRecord,
): Promise<'revoked' | 'impossible' | 'failed'> {
  const { output } = context;
  const grants = Object.values(profiles).find(
    ({ server }) => new URL(server('common').issuer).host === new URL(record.server.issuer).host,
  )?.grants;
  const byHand = grants === undefined ? '' : `; see ${grants}`;
  try {
    if (await revoke(await clientOf(context, name, record), record)) return 'revoked';
    output.note(
      `note: ${new URL(record.server.issuer).host} has no way to revoke tokens by program: they end by themselves${byHand}`,
    );
    return 'impossible';
  } catch (error) {
    context.io.signal.throwIfAborted();
    output.warn(`the tokens could not be revoked: ${describeFailure(error).sentence}${byHand}`);
    return 'failed';
  }
}
