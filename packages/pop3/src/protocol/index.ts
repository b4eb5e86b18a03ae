/**
 * The protocol without any I/O, for both roles: octets in, events out; commands in, octets out.
 *
 * @module @postrider/pop3/protocol
 */
export { Capabilities } from './capability.ts';
export { ClientConnection, type ConnectionOptions } from './client-connection.ts';
export {
  type Command,
  type CommandKeyword,
  describeCommand,
  encodeCommand,
  maximumCommandOctets,
  responseShape,
} from './command.ts';
export {
  CommandRejectedError,
  ConnectionClosedError,
  type DeletionsCommitted,
  isPop3Error,
  LimitError,
  LocalProtocolError,
  Pop3Error,
  type Pop3ErrorOptions,
  RemoteProtocolError,
} from './error.ts';
export {
  type AuthenticationCancelledEvent,
  type AuthenticationResponseEvent,
  type ChallengeEvent,
  type ClientEvent,
  type ClosedEvent,
  type CommandEvent,
  type ContentEvent,
  type EndEvent,
  type GreetingEvent,
  type InvalidCommandEvent,
  type LineEvent,
  NEED_DATA,
  NEED_REPLY,
  type ResponseEvent,
  type ServerEvent,
} from './event.ts';
export { parseTimestamp, recogniseProtocol } from './greeting.ts';
export { defaultLimits, type Limits } from './limit.ts';
export {
  type DropListing,
  parseDropListing,
  parseScanListing,
  parseUniqueIdListing,
  type ScanListing,
  type UniqueIdListing,
} from './listing.ts';
export { parseNumber } from './number.ts';
export { concatenate, memoryOf } from './octet.ts';
export { type CommandSyntaxError, parseCommand } from './parse-command.ts';
export { Queue } from './queue.ts';
export { defaultQuirks, type Quirks, strictQuirks } from './quirk.ts';
export { commandRejected } from './rejection.ts';
export { type KnownResponseCode, parseResponseCode, type ResponseCode } from './response-code.ts';
export { type OctetSearch, searchOctets } from './search.ts';
export { Secret, secret } from './secret.ts';
export { type ReplyOptions, ServerConnection } from './server-connection.ts';
export { barriers, type SessionState, transitions } from './state.ts';
export { formatStatusLine, parseStatusLine, type StatusIndicator, type StatusLine } from './status-line.ts';
export { decodeLatin1, decodeText, encodeText, escapeExcerpt } from './text.ts';
export { withDefaults } from './with-defaults.ts';
