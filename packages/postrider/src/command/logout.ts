import { loadConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { forgetLogin } from '../login/forget.ts';

/** `postrider logout`: forgets what is kept, and revokes tokens where that can be done. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const [name = ''] = invocation.arguments;
  const { forgotten, revoked, failed } = await forgetLogin(context, name);
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
