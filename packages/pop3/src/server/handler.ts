import type { Command, CommandKeyword } from '../protocol/index.ts';
import { apop } from './apop.ts';
import { auth } from './auth.ts';
import { capa } from './capa.ts';
import { dele } from './dele.ts';
import { lang } from './lang.ts';
import { list } from './list.ts';
import { noop } from './noop.ts';
import { pass } from './pass.ts';
import { quit } from './quit.ts';
import { retr } from './retr.ts';
import { rset } from './rset.ts';
import type { ServerSession } from './server-session.ts';
import { stat } from './stat.ts';
import { stls } from './stls.ts';
import { top } from './top.ts';
import { uidl } from './uidl.ts';
import { user } from './user.ts';
import { utf8 } from './utf8.ts';

/** A command with one of these keywords. */
export type CommandOf<Keyword extends CommandKeyword> = Extract<Command, { keyword: Keyword }>;

/** Answers a command. The core has checked that it is allowed in this state. */
export type Handler = (session: ServerSession, command: Command) => void | Promise<void>;

/** Lets a handler be written for its own command. */
function only<Keyword extends CommandKeyword>(
  keyword: Keyword,
  handle: (session: ServerSession, command: CommandOf<Keyword>) => void | Promise<void>,
): Handler {
  const isOwn = (command: Command): command is CommandOf<Keyword> => command.keyword === keyword;
  return (session, command) => (isOwn(command) ? handle(session, command) : undefined);
}

/** Who answers which command. */
export const handlers: Readonly<Record<CommandKeyword, Handler>> = {
  APOP: only('APOP', apop),
  AUTH: only('AUTH', auth),
  CAPA: capa,
  DELE: only('DELE', dele),
  LANG: only('LANG', lang),
  LIST: only('LIST', list),
  NOOP: noop,
  PASS: only('PASS', pass),
  QUIT: quit,
  RETR: only('RETR', retr),
  RSET: rset,
  STAT: stat,
  STLS: stls,
  TOP: only('TOP', top),
  UIDL: only('UIDL', uidl),
  USER: only('USER', user),
  UTF8: utf8,
};
