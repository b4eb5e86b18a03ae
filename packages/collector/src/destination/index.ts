export { CommandDestination, type CommandOptions } from './command.ts';
export type {
  Delivery,
  DeliveryMessage,
  DeliveryResult,
  Destination,
  Recovery,
} from './destination.ts';
export { EmlDestination, type EmlOptions } from './eml.ts';
export {
  DestinationError,
  type DestinationFailure,
  type DestinationStep,
} from './error.ts';
export { ImapDestination, type ImapOptions } from './imap.ts';
export { MaildirDestination, type MaildirOptions } from './maildir.ts';
export { MboxDestination, type MboxOptions } from './mbox.ts';
export { destinationForms, needsPassword, parseDestination } from './parse.ts';
export type { DestinationContext } from './parse-server.ts';
export { SmtpDestination, type SmtpOptions } from './smtp.ts';
export type { SmtpEndpoint } from './smtp-session.ts';
export { DestinationSyntaxError } from './syntax-error.ts';
export { isTemporaryFileSystem } from './temporary.ts';
