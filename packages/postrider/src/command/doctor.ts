import type { Security } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import { connectOptions } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { type DiscoveredServer, discover } from '../discovery/discover.ts';
import { type Examination, examine } from '../doctor/examine.ts';
import { type Finding, isSafe, judge, tones } from '../doctor/finding.ts';
import { describeFailure, exitCode, ProgramError } from '../failure/index.ts';
import { portFlag, securityFlag } from '../flag/connection.ts';
import { recogniseProvider } from '../provider/provider.ts';

const names: Readonly<Record<Security, string>> = { tls: 'TLS', starttls: 'STLS', none: 'plain text' };

/** `postrider doctor`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output } = context;
  const [first = '', user] = invocation.arguments;
  const found = first.includes('@') ? await findServer(context, first) : undefined;
  const target: Target = {
    label: first,
    host: found?.host ?? first,
    user: user ?? found?.user ?? '',
    account: {},
    accountName: undefined,
  };
  const provider =
    recogniseProvider(first.slice(first.lastIndexOf('@') + 1)) ?? recogniseProvider(target.host);
  const examinations: Examination[] = [];
  const options = await connectOptions(context, target);
  for (const [security, port] of waysToTry(context, found)) {
    if (
      security === 'starttls' &&
      !examinations.some(
        ({ capabilities, port: at }) => at === port && capabilities?.includes('STLS') === true,
      )
    )
      continue;
    const examination = await examine(options, security, port, Date.now());
    examinations.push(examination);
    if (!output.json) printSection(context, `${target.host}:${port}, ${names[security]}`, judge(examination));
  }
  const safe = examinations.filter(isSafe);
  const login =
    user === undefined || safe[0] === undefined ? undefined : await tryLogin(context, target, safe[0]);
  if (output.json) {
    output.printJson({
      host: target.host,
      source: found?.source ?? null,
      provider: provider?.name ?? null,
      safe: safe.length > 0,
      examinations,
      login: login ?? null,
    });
  } else {
    const summary: Finding[] = [];
    if (provider !== undefined)
      summary.push({ verdict: 'note', text: `${provider.name}: ${provider.advice}` });
    if (login !== undefined) summary.push(login);
    summary.push(verdict(safe[0], target.host));
    printSection(context, 'In short', summary);
  }
  if (login?.verdict === 'bad') return login.exitCode;
  if (safe.length > 0) return exitCode.done;
  return examinations.every(({ error }) => error !== null) ? exitCode.unreachable : exitCode.loginRefused;
}

function waysToTry(
  { invocation }: Context,
  found: DiscoveredServer | undefined,
): readonly (readonly [Security, number])[] {
  const security = invocation.get(securityFlag) ?? found?.security;
  const port = invocation.get(portFlag) ?? found?.port;
  if (port !== undefined) {
    const chosen = security ?? (port === 995 ? 'tls' : undefined);
    return chosen === 'tls'
      ? [['tls', port]]
      : [
          ['none', port],
          ['starttls', port],
        ];
  }
  return [
    ['tls', 995],
    ['none', 110],
    ['starttls', 110],
  ];
}

async function findServer({ output, io }: Context, address: string): Promise<DiscoveredServer> {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const provider = recogniseProvider(domain);
  if (provider !== undefined && provider.host === undefined)
    throw new ProgramError(`${provider.name}: ${provider.advice}`, exitCode.unreachable);
  const [best] = await discover(address);
  if (best === undefined) {
    throw new ProgramError(
      `nothing says which POP3 server ${domain} has`,
      exitCode.unreachable,
      'Ask the provider for the host, and run: postrider doctor HOST',
    );
  }
  output.note(
    `${address}: ${best.host}:${best.port} (${names[best.security]}), user ${best.user}, according to ${best.source}`,
  );
  if (!best.trusted) {
    output.warn(
      `${best.host} is not under ${domain}, and DNS answers can be forged: check with the provider before you give it a password`,
    );
    if (io.prompter.available && !(await io.prompter.confirm(`Is ${best.host} the right server?`)))
      io.signal.throwIfAborted();
  }
  return best;
}

async function tryLogin(
  context: Context,
  target: Target,
  { security, port }: Examination,
): Promise<Finding & { readonly exitCode: number }> {
  try {
    const plan = await planLogin(context, target);
    const { client, result } = await logIn(context, {
      ...plan,
      connect: { ...plan.connect, security, port },
    });
    const { messages, octets } = await client.stat();
    await client.quit().catch(() => {});
    return {
      verdict: 'good',
      text: `logged in as ${target.user} by ${result.mechanism}: ${messages} messages, ${octets} octets`,
      exitCode: exitCode.done,
    };
  } catch (error) {
    context.io.signal.throwIfAborted();
    const failure = describeFailure(error);
    return { verdict: 'bad', text: failure.sentence, advice: failure.hint, exitCode: failure.exitCode };
  }
}

function verdict(best: Examination | undefined, host: string): Finding {
  if (best === undefined) {
    return {
      verdict: 'bad',
      text: `there is no safe way to log in to ${host}`,
      advice: 'What is wrong, and what to do, stands above.',
    };
  }
  const step = best.plan?.steps[0];
  return {
    verdict: 'good',
    text: `postrider status ${host} USER${best.port === 995 ? '' : ` --port ${best.port}`}${best.security === 'tls' ? '' : ` --security ${best.security}`} will use ${names[best.security]} and ${step?.name ?? ''}`,
  };
}

function printSection({ output }: Context, title: string, findings: readonly Finding[]): void {
  output.printPainted(`${output.paint('strong', title)}\n`);
  for (const { verdict: mark, text, advice } of findings) {
    output.printFinding(tones[mark], mark, text);
    if (advice !== undefined) output.printFinding('faint', '', `-> ${advice}`);
  }
  output.print('');
}
