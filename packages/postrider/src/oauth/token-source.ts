import { join } from 'node:path';
import type { AccessTokenSource, Secret } from '@postrider/pop3';
import { stateFolder } from '../config/state-folder.ts';
import type { Context } from '../context.ts';
import { describeFailure, exitCode, ProgramError } from '../failure/index.ts';
import { tokenName } from '../keyring/secret-name.ts';
import { findSecret, keepSecret } from '../keyring/secret-stores.ts';
import { exclusively } from '../lock/exclusive.ts';
import { isPassing } from './failure.ts';
import { refresh } from './refresh.ts';
import { decodeRecord, encodeRecord, isAlive, isFresh, type TokenRecord } from './token-record.ts';

/**
 * Gives the access token of an account: the one that is kept, or, where 80 % of its life is over or the mail server refused it, the next one.
 *
 * Only one process at a time refreshes an account's tokens. One that had to wait finds the new ones kept, and takes those.
 */
export function tokenSource(context: Context, account: string): AccessTokenSource {
  let given: Secret<string> | undefined;
  return async (why) => {
    const record = await nextRecord(context, account, why === 'expired' ? given : undefined);
    given = record.accessToken;
    return given;
  };
}

/** Does some work while nobody else reads or writes the tokens of an account. */
export function whileAlone<T>(context: Context, account: string, work: () => Promise<T>): Promise<T> {
  const path = join(stateFolder(context.io.env), `oauth-${encodeURIComponent(account)}.lock`);
  return exclusively(path, work, { signal: context.io.signal });
}

/** What is kept for an account. @throws ProgramError where there is nothing, or nothing that can be read. */
export async function readRecord(context: Context, account: string): Promise<TokenRecord> {
  const found = await findSecret(context, tokenName(account));
  const record = found === undefined ? undefined : decodeRecord(found.value);
  if (record !== undefined) return record;
  throw new ProgramError(
    found === undefined
      ? `there are no tokens for ${account} any more`
      : `the tokens of ${account} in ${found.store.description} cannot be read`,
    exitCode.loginRefused,
    `Run: postrider login ${account}`,
  );
}

// The old refresh token may be good for nothing now: what the new ones are good for today is not given up with them.
async function keepNext(context: Context, account: string, next: TokenRecord): Promise<void> {
  try {
    await keepSecret(context, tokenName(account), encodeRecord(next), { quiet: true });
    context.output.detail(`${account}: its token was refreshed`);
  } catch (error) {
    context.output.warn(
      `the new tokens of ${account} cannot be kept (${describeFailure(error).sentence}): when that is mended, run postrider login ${account}`,
    );
  }
}

async function nextRecord(
  context: Context,
  account: string,
  refused: Secret<string> | undefined,
): Promise<TokenRecord> {
  // Another process may have refreshed them since.
  const usable = (record: TokenRecord): boolean =>
    isFresh(record, Date.now()) && record.accessToken.reveal() !== refused?.reveal();
  const kept = await readRecord(context, account);
  if (usable(kept)) return kept;
  return whileAlone(context, account, async () => {
    const record = await readRecord(context, account);
    if (usable(record)) return record;
    let next: TokenRecord;
    try {
      next = await refresh(context, account, record);
    } catch (error) {
      // Before its end, an access token is good while the provider cannot be reached.
      if (refused === undefined && isPassing(error) && isAlive(record, Date.now())) {
        context.output.detail(
          `${account}: its token is not refreshed yet: ${describeFailure(error).sentence}`,
        );
        return record;
      }
      throw error;
    }
    await keepNext(context, account, next);
    return next;
  });
}
