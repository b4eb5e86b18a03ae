import { loadConfig } from '../config/config.ts';
import { checkRemoval, removeAccount } from '../config/edit.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { forgetLogin } from '../login/forget.ts';

/** `postrider accounts remove`: forgets the login of an account, and takes it out of the configuration. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const [name = ''] = invocation.arguments;
  const { accounts, path } = await loadConfig(invocation.get(configFlag), io.env);
  if (!accounts.has(name))
    throw new UsageError(
      `there is no account '${name}'`,
      accounts.size === 0 ? 'There is none.' : `There are: ${[...accounts.keys()].join(', ')}.`,
    );
  await checkRemoval(path, name);
  // While it is configured: revoking may need what its configuration says.
  const { failed } = await forgetLogin(context, name);
  await removeAccount(path, name);
  if (output.json) output.printJson({ name, path });
  else output.print(`Removed ${name} from ${path}. Mail and ledger are untouched.`);
  return failed ? exitCode.someFailed : exitCode.done;
}
