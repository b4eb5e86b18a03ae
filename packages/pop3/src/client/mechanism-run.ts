import { type Command, maximumCommandOctets, type Secret, secret, withDefaults } from '../protocol/index.ts';
import {
  type ClientExchange,
  type Credentials,
  decodeChallenge,
  defaultSaslLimits,
  encodeBase64,
  SaslError,
  type SaslLimits,
  type SaslMechanism,
  type TokenError,
} from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { Answer } from './answer.ts';
import type { CommandOptions } from './exchange.ts';
import { guardReveal } from './reveal.ts';
import type { Session } from './session.ts';

/** What one run of a mechanism needs. */
export interface MechanismRunOptions extends CommandOptions {
  readonly credentials: Credentials;
  readonly allowCleartextPassword: boolean;
  readonly passwordEncoding: 'utf-8' | 'latin1';
  readonly saslLimits?: Partial<SaslLimits> | undefined;
}

/** How a run ended that the server judged. */
export interface MechanismOutcome {
  readonly response: Answer;
  /** An answer that was made from the secret had been sent before the judgement. */
  readonly revealed: boolean;
  readonly tokenError: TokenError | undefined;
}

/**
 * Runs a mechanism over AUTH (RFC 5034). What could show the secret is checked before each answer.
 *
 * @throws SaslError where the server did not keep to the mechanism: the exchange was cancelled then, or, where the server had said
 * +OK without having proved itself, the session was ended.
 */
export function runMechanism(
  session: Session,
  mechanism: SaslMechanism,
  options: MechanismRunOptions,
): Promise<MechanismOutcome> {
  return new Promise((resolve, reject) => {
    const run = new MechanismRun(session, mechanism, options, resolve, reject);
    run.start();
  });
}

class MechanismRun {
  readonly #session: Session;
  readonly #mechanism: SaslMechanism;
  readonly #options: MechanismRunOptions;
  readonly #limits: SaslLimits;
  readonly #exchange: ClientExchange;
  readonly #resolve: (outcome: MechanismOutcome) => void;
  readonly #reject: (error: unknown) => void;
  // The initial response, as long as it was not sent.
  #initial: Secret<Uint8Array> | undefined;
  #clientSpeaksFirst = false;
  #challenges = 0;
  #answered = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    session: Session,
    mechanism: SaslMechanism,
    options: MechanismRunOptions,
    resolve: (outcome: MechanismOutcome) => void,
    reject: (error: unknown) => void,
  ) {
    const { tls, endpoint } = session.transport;
    this.#session = session;
    this.#mechanism = mechanism;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    session.redactor.addCredentials(options.credentials);
    this.#limits = withDefaults(defaultSaslLimits, options.saslLimits);
    this.#exchange = mechanism.start({
      credentials: options.credentials,
      crypto: nodeCrypto,
      host: endpoint.host,
      port: endpoint.port,
      channelBinding: tls?.channelBinding,
      plusOffered: offersPlus(session, mechanism),
      passwordEncoding: options.passwordEncoding,
      limits: this.#limits,
    });
  }

  start(): void {
    this.#guard();
    this.#initial = this.#exchange.initialResponse();
    this.#clientSpeaksFirst = this.#initial !== undefined;
    this.#session.submit(
      {
        command: this.#command(),
        challenge: ({ data }) => {
          void this.#answer(data);
        },
        response: (answer) => this.#judge(answer),
        fail: (error) => this.#reject(this.#failure === undefined ? error : ended(this.#failure.error)),
      },
      this.#options,
    );
  }

  #guard(): void {
    guardReveal(this.#session, this.#mechanism, this.#options.allowCleartextPassword);
  }

  // The initial response travels with AUTH where the line stays within its bound (RFC 5034 section 4).
  #command(): Command {
    const command = { keyword: 'AUTH', mechanism: this.#mechanism.name } as const;
    if (this.#initial === undefined || !this.#mechanism.initialResponseWithAuth) return command;
    const octets = this.#initial.reveal();
    const text = octets.length === 0 ? '=' : encodeBase64(octets);
    if ('AUTH  \r\n'.length + command.mechanism.length + text.length > maximumCommandOctets) return command;
    this.#initial = undefined;
    return { ...command, initialResponse: this.#remember(octets, text) };
  }

  async #answer(data: string): Promise<void> {
    if (this.#failure !== undefined) {
      // It goes on asking although the exchange was cancelled: it would do so for ever.
      this.#session.destroy(ended(this.#failure.error));
      return;
    }
    try {
      const challenge = decodeChallenge(
        data,
        {
          mechanism: this.#mechanism.name,
          first: this.#challenges === 0,
          clientSpeaksFirst: this.#clientSpeaksFirst,
        },
        this.#limits,
      );
      this.#challenges++;
      const initial = challenge.length === 0 ? this.#initial : undefined;
      this.#initial = undefined;
      const response = initial ?? (await this.#exchange.respond(challenge));
      this.#guard();
      const octets = response.reveal();
      this.#session.answer(this.#remember(octets, encodeBase64(octets)));
    } catch (error) {
      this.#failure = { error };
      this.#session.answer(undefined);
    }
  }

  #judge(response: Answer): void {
    if (response.status === '+OK') {
      try {
        if (this.#failure !== undefined) throw this.#failure.error;
        this.#exchange.finish();
      } catch (cause) {
        const error = ended(cause);
        // Logged in at somebody who has not shown that he is the server: nothing he says counts.
        this.#reject(error);
        this.#session.destroy(error);
        return;
      }
    } else if (this.#failure !== undefined) {
      this.#reject(this.#failure.error);
      return;
    }
    const revealed = this.#exchange.secretSent ?? this.#answered;
    const tokenError = this.#session.redactor.redactTokenError(this.#exchange.tokenError);
    this.#resolve({ response, revealed, tokenError });
  }

  #remember(octets: Uint8Array, base64: string): Secret<string> {
    this.#answered ||= octets.length > 0;
    const text = secret(base64);
    // A server may quote it, with or without what fills it up.
    const told = base64.replace(/=+$/, '');
    if (told.length > 8) this.#session.redactor.addSent(secret(told));
    return text;
  }
}

// Who asks this error whether the session can still be used is to hear that it cannot.
function ended(error: unknown): unknown {
  return error instanceof SaslError ? error.ofEndedSession() : error;
}

// Any -PLUS of its family shows that the server can bind (RFC 5802 section 6).
function offersPlus({ capabilities }: Session, { name }: SaslMechanism): boolean {
  const [family = name] = name.split('-', 1);
  return (
    capabilities?.mechanisms.some((one) => one.startsWith(`${family}-`) && one.endsWith('-PLUS')) === true
  );
}
