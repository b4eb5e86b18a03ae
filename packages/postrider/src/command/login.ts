import { requireAccount, type Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { type KeptLogin, keepLogin } from '../login/keep.ts';
import { countOf } from '../output/quantity.ts';

/** `postrider login`: gets a credential, tries it, and only then keeps it. */
export async function run(context: Context): Promise<number> {
  const { output, invocation } = context;
  const [name = ''] = invocation.arguments;
  const target = await requireAccount(context, name);
  refuseOtherSource(target);
  const kept = await keepLogin(context, target, name);
  const { mechanism, messages, store, tokens } = kept;
  if (output.json) {
    output.printJson({ account: name, host: target.host, user: target.user, ...toJson(kept) });
  } else {
    const what = tokens === undefined ? 'The password is' : 'The tokens are';
    output.print(
      `Logged in to ${name} by ${mechanism}: ${countOf(messages, 'message')}. ${what} kept in ${store}.`,
    );
  }
  return exitCode.done;
}

function toJson({ mechanism, messages, store, tokens }: KeptLogin): Readonly<Record<string, unknown>> {
  const { expiresAt, refreshToken, flow } = tokens ?? {};
  return {
    credential: tokens === undefined ? 'password' : 'tokens',
    mechanism,
    messages,
    store,
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    refreshable: tokens === undefined ? null : refreshToken !== undefined || flow === 'client-credentials',
  };
}

// What is configured comes before the keyring: what is kept there would never be used.
function refuseOtherSource({ account, label }: Target): void {
  const other = (['token-command', 'password-command', 'password-file'] as const).find(
    (key) => account[key] !== undefined,
  );
  if (other === undefined) return;
  throw new ProgramError(
    `${label} logs in with its ${other}, so there is nothing to keep`,
    exitCode.configuration,
    `Take ${other} out of the configuration first, or try the account: postrider status ${label}`,
  );
}
