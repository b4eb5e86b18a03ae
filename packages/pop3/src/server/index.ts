/**
 * A POP3 server to embed, and maildrops in memory and over files.
 *
 * @module @postrider/pop3/server
 */
export { FolderMaildrop } from './folder-maildrop.ts';
export { MaildirMaildrop } from './maildir-maildrop.ts';
export {
  type Maildrop,
  MaildropInUseError,
  type MaildropMessage,
  MaildropUnusableError,
  MessagesNotRemovedError,
  type OpenMaildrop,
} from './maildrop.ts';
export { MboxMaildrop } from './mbox-maildrop.ts';
export { type AddOptions, MemoryMaildrop } from './memory-maildrop.ts';
export type { ListenerSecurity, Pop3ServerOptions, ServerLogEntry, ServerTimeouts } from './options.ts';
export { type Listener, type ListenOptions, Pop3Server } from './pop3-server.ts';
export type { StoredMaildropOptions } from './stored-maildrop.ts';
