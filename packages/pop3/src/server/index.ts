export { FolderMaildrop } from './folder-maildrop.ts';
export { MaildirMaildrop, type StoredMaildropOptions } from './maildir-maildrop.ts';
export { type Maildrop, MaildropInUseError, type MaildropMessage, type OpenMaildrop } from './maildrop.ts';
export { MboxMaildrop } from './mbox-maildrop.ts';
export { MemoryMaildrop } from './memory-maildrop.ts';
export type { ListenerSecurity, Pop3ServerOptions, ServerLogEntry } from './options.ts';
export { type Listener, type ListenOptions, Pop3Server } from './pop3-server.ts';
