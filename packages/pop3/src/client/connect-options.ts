import type { Limits, Quirks } from '../protocol/index.ts';
import type { ConnectHook, TlsOptions } from '../transport/index.ts';
import type { Timeouts } from './timeout.ts';
import type { Trace } from './trace.ts';

/**
 * How the connection is protected: TLS from the first octet (`tls`), TLS by STLS before anything else is said (`starttls`), or not
 * at all (`none`). There is no opportunistic mode.
 */
export type Security = 'tls' | 'starttls' | 'none';

/** Where to connect, and how. */
export interface ConnectOptions {
  /** A name or an IP address. The certificate must be good for exactly this. */
  readonly host: string;
  /** 995 with `tls`, otherwise 110, where it is not given. */
  readonly port?: number | undefined;
  /** `tls` where it is not given. */
  readonly security?: Security | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Makes the TCP connection, through a proxy for instance. TLS and STLS run on top of what it gives. */
  readonly connect?: ConnectHook | undefined;
  /** In milliseconds. */
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly quirks?: Partial<Quirks> | undefined;
  /** False: one command at a time, whatever the server offers. */
  readonly pipelining?: boolean | undefined;
  /** False: CAPA is never sent on its own account, and nothing is known of what the server offers. */
  readonly capabilities?: boolean | undefined;
  /** Aborting ends the session at once, now or later; everything under way rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every line of the dialogue. Secrets are left out by what the protocol says they are. */
  readonly trace?: Trace | undefined;
}
