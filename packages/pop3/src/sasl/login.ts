import { encodeText, type Secret, secret } from '../protocol/index.ts';
import { encodePassword, requireUser } from './credential.ts';
import type {
  ClientExchange,
  ExchangeContext,
  SaslMechanism,
  ServerExchange,
  ServerExchangeContext,
  ServerSaslMechanism,
  ServerStep,
} from './mechanism.ts';
import { finishedEarly, unexpectedChallenge } from './single-message.ts';
import { decodeUtf8 } from './utf8.ts';
import { accepted, malformed, rejected, verifyPassword } from './verify.ts';

// What servers ask differs (`Username:`, `User Name`, nothing at all); the order never does.
class LoginClient implements ClientExchange {
  readonly #answers: Secret<Uint8Array>[];

  constructor(context: ExchangeContext) {
    this.#answers = [secret(encodeText(requireUser(context.credentials))), secret(encodePassword(context))];
  }

  get secretSent(): boolean {
    return this.#answers.length === 0;
  }

  initialResponse(): undefined {
    return undefined;
  }

  respond(): Secret<Uint8Array> {
    const answer = this.#answers.shift();
    if (answer === undefined) throw unexpectedChallenge('LOGIN');
    return answer;
  }

  finish(): void {
    if (this.#answers.length > 0) throw finishedEarly('LOGIN');
  }
}

class LoginServer implements ServerExchange {
  readonly #context: ServerExchangeContext;
  #user: string | undefined;

  constructor(context: ServerExchangeContext) {
    this.#context = context;
  }

  start(initial: Uint8Array | undefined): ServerStep | Promise<ServerStep> {
    // Some clients send the name along with AUTH.
    return initial === undefined ? ask('Username:') : this.respond(initial);
  }

  respond(response: Uint8Array): ServerStep | Promise<ServerStep> {
    const text = decodeUtf8(response) ?? '';
    if (text === '' || text.includes('\0')) return malformed;
    if (this.#user === undefined) {
      this.#user = text;
      return ask('Password:');
    }
    return this.#check(this.#user, text);
  }

  async #check(user: string, password: string): Promise<ServerStep> {
    return (await verifyPassword(this.#context, user, password)) ? accepted(user) : rejected;
  }
}

function ask(question: string): ServerStep {
  return { type: 'challenge', data: encodeText(question) };
}

/** LOGIN: user name and password in two answers, readable. It is in no RFC; servers that lack PLAIN have it. */
export const login: SaslMechanism = {
  name: 'LOGIN',
  exposure: 'readable',
  needs: 'password',
  channelBinding: false,
  initialResponseWithAuth: false,
  start: (context) => new LoginClient(context),
};

/** LOGIN, server side. */
export const loginServer: ServerSaslMechanism = {
  name: 'LOGIN',
  exposure: 'readable',
  channelBinding: false,
  start: (context) => new LoginServer(context),
};
