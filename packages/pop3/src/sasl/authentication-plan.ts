import type { SecretExposure } from './mechanism.ts';

/** A way to log in that will be tried. */
export interface PlannedStep {
  /** A mechanism's name, or `APOP`, or `USER` (which stands for USER and PASS). */
  readonly name: string;
  readonly exposure: SecretExposure;
  /** Why it is tried, and why in this place, for a person. */
  readonly reason: string;
}

/** Why a way to log in is not tried, for programs. */
export type LeftCause =
  /** The secret could be read on the way, and the caller has not allowed that. */
  | 'unprotected'
  /** The server does not offer it. */
  | 'not-offered'
  /** The caller gave a list, and it is not on it. */
  | 'not-named'
  /** The credential that it takes was not given. */
  | 'no-credential'
  /** The connection has no channel binding that can be used safely. */
  | 'no-channel-binding'
  /** The user name or the password holds characters that it cannot carry. */
  | 'unusable-credential'
  /** Something better is offered. */
  | 'superseded'
  /** It is known, and refused on purpose. */
  | 'refused'
  /** Nobody taught us this one. */
  | 'unknown';

/** A way to log in that will not be tried. */
export interface LeftOut {
  readonly name: string;
  readonly cause: LeftCause;
  /** Why, for a person. */
  readonly reason: string;
}

/** What a login will try, in order, and what it will not, with a reason for each. It holds no secrets. */
export interface AuthenticationPlan {
  readonly steps: readonly PlannedStep[];
  readonly left: readonly LeftOut[];
  /** What a person should know about this login as a whole, such as that the connection is unprotected. */
  readonly warnings: readonly string[];
}
