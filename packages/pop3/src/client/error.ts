import type {
  CommandRejectedError,
  ConnectionClosedError,
  LimitError,
  LocalProtocolError,
  RemoteProtocolError,
} from '../protocol/index.ts';
import type {
  AuthenticationRejectedError,
  AuthenticationUnavailableError,
  AuthenticationUnsafeError,
  SaslError,
} from '../sasl/index.ts';
import type { TimeoutError, TlsPolicyError, TransportError } from '../transport/index.ts';

/** Every error that the client makes, so that `switch (error.code)` narrows. Aborting rejects with the signal's own reason. */
export type Pop3ClientError =
  | AuthenticationRejectedError
  | AuthenticationUnavailableError
  | AuthenticationUnsafeError
  | CommandRejectedError
  | ConnectionClosedError
  | LimitError
  | LocalProtocolError
  | RemoteProtocolError
  | SaslError
  | TimeoutError
  | TlsPolicyError
  | TransportError;
