import { loadConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { formatTable } from '../output/table.ts';

/** `postrider accounts`. */
export async function run({ invocation, output, io }: Context): Promise<number> {
  const { accounts, path } = await loadConfig(invocation.get(configFlag), io.env);
  if (output.json) {
    output.printJson(
      [...accounts].map(([name, { host, user, port, security, to }]) => ({
        name,
        host,
        user,
        port: port ?? null,
        security: security ?? 'tls',
        to: [to ?? []].flat(),
      })),
    );
    return exitCode.done;
  }
  if (accounts.size === 0) {
    output.note(`There are no accounts in ${path}. Add one with: postrider accounts add`);
    return exitCode.done;
  }
  const rows = [...accounts].map(([name, { host, user, security, to }]) => [
    name,
    host,
    user,
    security ?? 'tls',
    [to ?? []].flat().join(', '),
  ]);
  const columns = [
    { title: 'Account' },
    { title: 'Host', shrinksTo: 12 },
    { title: 'User', shrinksTo: 12 },
    { title: 'Security' },
    { title: 'To', shrinksTo: 12 },
  ];
  output.printPainted(formatTable(columns, rows, { columns: output.columns, paint: output.paint }));
  return exitCode.done;
}
