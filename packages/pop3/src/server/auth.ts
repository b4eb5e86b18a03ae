import type { Secret } from '../protocol/index.ts';
import { decodeBase64, encodeBase64, type ServerSaslMechanism, type ServerStep } from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { CommandOf } from './handler.ts';
import { admit, refuseReadable, reject, takesReadablePasswords } from './login.ts';
import { knowsPasswords } from './server-context.ts';
import type { ServerSession } from './server-session.ts';

/** AUTH (RFC 5034). */
export async function auth(session: ServerSession, command: CommandOf<'AUTH'>): Promise<void> {
  const mechanism = session.context.mechanisms.get(command.mechanism);
  if (mechanism === undefined || !isEnabled(session, mechanism)) {
    session.reply('-ERR', 'that mechanism is not supported here');
    return;
  }
  if (mechanism.exposure === 'readable' && !takesReadablePasswords(session)) {
    refuseReadable(session);
    return;
  }
  const { tls } = session.transport;
  const run = mechanism.start({
    store: session.context.store,
    crypto: nodeCrypto,
    host: session.context.options.host ?? 'localhost',
    // A client that could bind, and was not offered to, is no sign of somebody in between.
    channelBinding: offersBinding(session) ? tls?.channelBinding : undefined,
    certificateUser: tls?.clientName,
    now: () => Date.now() / 1000,
  });
  session.exchange = { name: mechanism.name, run };
  const initial = command.initialResponse?.reveal();
  if (initial === undefined) return proceed(session, await run.start(undefined));
  const octets = initial === '=' ? new Uint8Array(0) : decodeBase64(initial);
  if (octets === undefined) notBase64(session);
  else await proceed(session, await run.start(octets));
}

/** Takes the client's answer to a challenge. */
export async function continueAuth(session: ServerSession, data: Secret<string>): Promise<void> {
  const octets = decodeBase64(data.reveal());
  const { exchange } = session;
  if (octets === undefined || exchange === undefined) notBase64(session);
  else await proceed(session, await exchange.run.respond(octets));
}

/** The mechanisms that this session offers now. */
export function offeredMechanisms(session: ServerSession): string[] {
  const readable = takesReadablePasswords(session);
  return [...session.context.mechanisms.values()]
    .filter((mechanism) => isEnabled(session, mechanism) && (readable || mechanism.exposure !== 'readable'))
    .map(({ name }) => name);
}

function isEnabled(session: ServerSession, { name, channelBinding, exposure }: ServerSaslMechanism): boolean {
  const { options, store } = session.context;
  const { tls } = session.transport;
  if (channelBinding && tls?.channelBinding === undefined) return false;
  if (name === 'EXTERNAL' && tls?.clientName === undefined) return false;
  if (options.mechanisms !== undefined) return true;
  if (name === 'OAUTHBEARER' || name === 'XOAUTH2') return store.checkToken !== undefined;
  return exposure !== 'digest' || knowsPasswords(store);
}

function offersBinding(session: ServerSession): boolean {
  return [...session.context.mechanisms.values()].some(
    (one) => one.channelBinding && isEnabled(session, one),
  );
}

async function proceed(session: ServerSession, step: ServerStep): Promise<void> {
  if (step.type === 'challenge') {
    session.challenge(encodeBase64(step.data));
    return;
  }
  const name = session.exchange?.name ?? 'AUTH';
  session.exchange = undefined;
  if (step.type === 'failure') {
    await reject(session, { mechanism: name, reason: step.reason });
  } else if (step.authorizationId === undefined) {
    await admit(session, step.user, name);
  } else {
    const reason = 'acting as another user is not allowed';
    await reject(session, { mechanism: name, user: step.user, reason });
  }
}

function notBase64(session: ServerSession): void {
  session.exchange = undefined;
  session.reply('-ERR', 'the response is not base64');
}
