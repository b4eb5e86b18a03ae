/** How long to wait, in milliseconds. */
export interface Timeouts {
  /** For the name to be resolved and the connection to be made. */
  readonly connect: number;
  /** For a TLS handshake. */
  readonly tls: number;
  readonly greeting: number;
  /** For the answer to a command to begin. */
  readonly command: number;
  /** For the answer to a login, which servers delay on purpose. */
  readonly pass: number;
  /** Between octets in the middle of an answer. */
  readonly idle: number;
  readonly quit: number;
  /**
   * For whoever reads a message here to take what was received, while the connection waits for that; 0: for ever. A server would not wait
   * longer than ten minutes either.
   */
  readonly reader: number;
  /** For the whole session; 0: no such bound. */
  readonly session: number;
  /** Octets a second below which a server that sends counts as one that does not, measured over a minute of one answer; 0: any. */
  readonly minimumRate: number;
}

/** What is waited where the caller says nothing. */
export const defaultTimeouts: Timeouts = {
  connect: 30_000,
  tls: 30_000,
  greeting: 60_000,
  command: 60_000,
  pass: 120_000,
  idle: 60_000,
  quit: 60_000,
  reader: 600_000,
  session: 0,
  minimumRate: 100,
};
