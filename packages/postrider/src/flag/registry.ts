import { accounts, accountsAdd, accountsRemove, accountsTest } from './command/accounts.ts';
import { collect } from './command/collect.ts';
import { completion } from './command/completion.ts';
import { doctor } from './command/doctor.ts';
import { help } from './command/help.ts';
import { ledgerImport, ledgerRetry, ledgerShow } from './command/ledger.ts';
import { login, logout } from './command/login.ts';
import { list, remove, show } from './command/message.ts';
import { serve } from './command/serve.ts';
import { status } from './command/status.ts';
import type { CommandDefinition } from './definition.ts';

/** Every command, in the order of help. To add one: its definition in command/, its module in ../command/, a line here. */
export const commands: readonly CommandDefinition[] = [
  status,
  doctor,
  list,
  show,
  collect,
  remove,
  ledgerShow,
  ledgerImport,
  ledgerRetry,
  login,
  logout,
  accounts,
  accountsAdd,
  accountsRemove,
  accountsTest,
  serve,
  completion,
  help,
];
