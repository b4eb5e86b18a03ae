import type { Capabilities } from '@postrider/pop3';
import { type LeftOut, type PlannedStep, planAuthentication } from '@postrider/pop3/sasl';

/** What decides which ways to log in there are. */
export interface WayCircumstances {
  readonly capabilities: Capabilities | undefined;
  readonly timestamp: string | undefined;
  readonly protected: boolean;
  readonly channelBinding: boolean;
  readonly clientCertificate: boolean;
  /** The only ones that the user allows. */
  readonly mechanisms?: readonly string[] | undefined;
}

/** A way to log in that could be used. */
export interface LoginWay extends PlannedStep {
  readonly takes: 'password' | 'token' | 'certificate';
}

/** The ways to log in, for whatever credential somebody may have. */
export interface LoginWays {
  /** Best first: those that take a token, then the certificate, then those that take the password. */
  readonly usable: readonly LoginWay[];
  readonly left: readonly LeftOut[];
}

const kinds = ['token', 'certificate', 'password'] as const;

/** What would be tried with each kind of credential, and what with none, with the reasons. */
export function loginWays(circumstances: WayCircumstances): LoginWays {
  const { clientCertificate, ...rest } = circumstances;
  const plans = kinds
    .filter((takes) => takes !== 'certificate' || clientCertificate)
    .map((takes) => ({
      takes,
      plan: planAuthentication({
        ...rest,
        credentials: {
          password: takes === 'password',
          accessToken: takes === 'token',
          clientCertificate: takes === 'certificate',
        },
        allowCleartextPassword: false,
      }),
    }));
  const usable = plans.flatMap(({ takes, plan }) =>
    plan.steps
      // Without a word from the server, XOAUTH2 would be no more than a try.
      .filter(
        ({ name }) => takes !== 'token' || circumstances.capabilities?.mechanisms.includes(name) === true,
      )
      .map((step): LoginWay => ({ ...step, takes })),
  );
  const left = new Map<string, LeftOut>();
  for (const one of plans.flatMap(({ plan }) => plan.left)) {
    if (usable.some(({ name }) => name === one.name)) continue;
    // That another kind of credential is needed is less telling than what stands in the way with the right one.
    if (!left.has(one.name) || one.cause !== 'no-credential') left.set(one.name, one);
  }
  return { usable, left: [...left.values()] };
}
