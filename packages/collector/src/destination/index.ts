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
export { MaildirDestination, type MaildirOptions } from './maildir.ts';
export { MboxDestination, type MboxOptions } from './mbox.ts';
export { destinationForms, parseDestination } from './parse.ts';
export { isTemporaryFileSystem } from './temporary.ts';
