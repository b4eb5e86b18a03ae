import type { Context } from '../context.ts';
import { describeFailure } from '../failure/index.ts';
import { forgetCredential } from '../keyring/credential.ts';
import { passwordName, tokenName } from '../keyring/secret-name.ts';
import { findSecret, isKept } from '../keyring/secret-stores.ts';
import { revoke } from '../oauth/grant.ts';
import { profiles } from '../oauth/profile.ts';
import { clientOf } from '../oauth/refresh.ts';
import { decodeRecord, type TokenRecord } from '../oauth/token-record.ts';
import { whileAlone } from '../oauth/token-source.ts';

/** What became of what was kept for an account. */
export interface Forgotten {
  /** There was something. */
  readonly forgotten: boolean;
  readonly revoked: boolean;
  /** It should have been revoked, and could not be. */
  readonly failed: boolean;
}

/** Forgets what is kept for an account, and revokes tokens where that can be done. What could not be revoked is forgotten too, and named. */
export async function forgetLogin(context: Context, name: string): Promise<Forgotten> {
  // Without anything to forget there need not even be a folder for the lock.
  if (!(await isKept(context, [tokenName(name), passwordName(name)])))
    return { forgotten: false, revoked: false, failed: false };
  return whileAlone(context, name, () => forget(context, name));
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
