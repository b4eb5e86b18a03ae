import type { ConnectOptions, Security } from '@postrider/pop3';
import { connectOptions, endpointLabel } from '../connection/options.ts';
import type { Context } from '../context.ts';
import { concludeExitCode, concluding } from '../doctor/conclusion.ts';
import { type Examination, examine, type Intention } from '../doctor/examine.ts';
import { type Finding, isSafe, judge, securityNames, toSection } from '../doctor/finding.ts';
import { type LoginAttempt, tryLogin } from '../doctor/login.ts';
import { rankWays } from '../doctor/ranking.ts';
import { findServer, type ServerToExamine } from '../doctor/server.ts';
import { authFlag, certFlag, traceFlag } from '../flag/connection.ts';
import { formatReport, type ReportSection } from '../output/report.ts';

/** `postrider doctor`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output } = context;
  const server = await findServer(context);
  const options = await connectOptions(context, server.target);
  const intention: Intention = {
    mechanisms: invocation.get(authFlag) ?? server.target.account.auth,
    clientCertificate: (invocation.get(certFlag) ?? server.target.account.cert) !== undefined,
  };
  if (!output.json) output.note(`Looking at ${server.target.host} ...`);
  const examinations = await examineAll(options, server.ways, intention, invocation.has(traceFlag));
  const safe = examinations.filter(isSafe);
  const best = safe[0];
  const login = best === undefined ? undefined : await tryLogin(context, server, best);
  if (output.json) output.printJson(toJson(server, examinations, safe.length > 0, login));
  else output.printPainted(formatReport(sections(context, server, examinations, login), output));
  return concludeExitCode(examinations, login);
}

/** Ports are looked at side by side: one that is dead costs its whole timeout. A trace would be a muddle, though. */
async function examineAll(
  options: ConnectOptions,
  ways: ServerToExamine['ways'],
  intention: Intention,
  oneByOne: boolean,
): Promise<Examination[]> {
  const look = async ([security, port]: readonly [Security, number]): Promise<Examination[]> => {
    const first = await examine(options, security, port, intention);
    if (security !== 'none' || first.capabilities?.includes('STLS') !== true) return [first];
    return [first, await examine(options, 'starttls', port, intention)];
  };
  if (!oneByOne) return (await Promise.all(ways.map(look))).flat();
  const examinations: Examination[] = [];
  for (const way of ways) examinations.push(...(await look(way)));
  return examinations;
}

function sections(
  { invocation }: Context,
  server: ServerToExamine,
  examinations: readonly Examination[],
  login: LoginAttempt | undefined,
): ReportSection[] {
  const { host } = server.target;
  const report: ReportSection[] = [];
  if (server.discovery.length > 0)
    report.push(toSection(`Server of ${server.target.label}`, server.discovery));
  for (const [index, examination] of examinations.entries()) {
    const { port, security } = examination;
    const without = security === 'none' && !examinations.some((one) => one.security === 'starttls');
    const how = without ? 'without TLS' : securityNames[security];
    report.push(
      toSection(`${endpointLabel({ host, port })}, ${how}`, judge(examination, examinations.slice(0, index))),
    );
  }
  const best = examinations.find(isSafe) ?? examinations.find(({ ways }) => ways !== null);
  const ranked: Finding[] = best === undefined ? [] : rankWays(best);
  if (best !== undefined && ranked.length > 0) {
    report.push(toSection(`Ways to log in on port ${best.port}, best first`, ranked));
  }
  report.push(toSection('In short', concluding(server, examinations, login, invocation)));
  return report;
}

function toJson(
  { target, source, provider, confirmed }: ServerToExamine,
  examinations: readonly Examination[],
  safe: boolean,
  login: LoginAttempt | undefined,
): unknown {
  return {
    host: target.host,
    user: target.user === '' ? null : target.user,
    source: source ?? null,
    confirmed,
    provider: provider === undefined ? null : { name: provider.name, advice: provider.advice },
    safe,
    examinations,
    login: login ?? null,
  };
}
