export type {
  Delivery,
  DeliveryMessage,
  DeliveryResult,
  Destination,
  Recovery,
} from './destination.ts';
export {
  DestinationError,
  type DestinationFailure,
  type DestinationStep,
} from './error.ts';
export { MaildirDestination, type MaildirOptions } from './maildir.ts';
