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
export { type KnownResponseCode, parseResponseCode, type ResponseCode } from './response-code.ts';
export { Secret, secret } from './secret.ts';
export { decodeLatin1, decodeText, encodeText, escapeExcerpt } from './text.ts';
