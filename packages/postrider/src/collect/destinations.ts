import { type Destination, destinationForms, needsPassword, parseDestination } from '@postrider/collector';
import { type Secret, secret } from '@postrider/pop3';
import { here, homeFolder, resolveFrom } from '../config/path.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { readFromCommand } from '../credential/secret-command.ts';
import { UsageError } from '../failure/index.ts';
import { toFlag, toPasswordCommandFlag } from '../flag/collect.ts';
import { maildropOwner } from '../ledger/open-ledger.ts';

/** The passwords of destinations that were asked for in this run: several accounts may deliver to the same place. */
export type DestinationPasswords = Map<string, Secret<string>>;

/** Where the messages of an account go: flags first, then configuration. May ask for a password. */
export async function makeDestinations(
  context: Context,
  target: Target,
  passwords: DestinationPasswords,
): Promise<readonly Destination[]> {
  const named = context.invocation.get(toFlag);
  const configured = target.account.to === undefined ? [] : [target.account.to].flat();
  const texts = named.length > 0 ? named : configured;
  if (texts.length === 0) {
    throw new UsageError('there is no destination', `Give --to DEST: ${destinationForms.join(', ')}.`);
  }
  const home = homeFolder(context.io.env);
  // What is typed is seen from here; what is configured means the same from everywhere.
  const base = named.length > 0 ? here : home;
  const resolvePath = (path: string): string => resolveFrom(path, base, home);
  const destinations: Destination[] = [];
  for (const text of texts) {
    const recipient = maildropOwner(context, target);
    // What is wrong with it is said before its password is asked for.
    const { name } = parseDestination(text, { recipient, resolvePath });
    // The same place in other words would get everything twice.
    if (destinations.some((other) => other.name === name)) continue;
    const password = needsPassword(text) ? await passwordFor(context, target, text, passwords) : undefined;
    destinations.push(parseDestination(text, { recipient, password, resolvePath }));
  }
  return destinations;
}

async function passwordFor(
  { io, invocation }: Context,
  { account }: Target,
  text: string,
  passwords: DestinationPasswords,
): Promise<Secret<string>> {
  const command = invocation.get(toPasswordCommandFlag) ?? account['to-password-command'];
  // The same command may be about another place in another account.
  const key = `${text}\n${command ?? ''}`;
  const known = passwords.get(key);
  if (known !== undefined) return known;
  const found = await findPassword(io, text, command);
  passwords.set(key, found);
  return found;
}

async function findPassword(
  io: Context['io'],
  text: string,
  command: string | undefined,
): Promise<Secret<string>> {
  if (command !== undefined) return readFromCommand(command, '--to-password-command', { signal: io.signal });
  const given = io.env['POSTRIDER_TO_PASSWORD'] ?? '';
  if (given !== '') return secret(given);
  if (io.prompter.available) return secret(await io.prompter.hidden(`Password for ${text}:`));
  throw new UsageError(
    `a password for ${text} is needed, and there is no terminal to ask for it`,
    'Set POSTRIDER_TO_PASSWORD, or give --to-password-command.',
  );
}
