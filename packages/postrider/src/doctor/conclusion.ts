import type { Context } from '../context.ts';
import { exitCode } from '../failure/index.ts';
import {
  authFlag,
  caFlag,
  certFlag,
  keyFlag,
  passwordCommandFlag,
  passwordFileFlag,
  pinFlag,
  proxyFlag,
  tokenCommandFlag,
} from '../flag/connection.ts';
import { configFlag } from '../flag/general.ts';
import { shellWord } from '../output/shell-word.ts';
import type { Examination } from './examine.ts';
import { type Finding, isSafe } from './finding.ts';
import { describeLogin, type LoginAttempt } from './login.ts';
import { describeWay } from './ranking.ts';
import type { ServerToExamine } from './server.ts';

/** The end of the report: what is known of the provider, how the login went, what Postrider would do. */
export function concluding(
  server: ServerToExamine,
  examinations: readonly Examination[],
  login: LoginAttempt | undefined,
  invocation: Context['invocation'],
): Finding[] {
  const findings: Finding[] = [];
  const { provider } = server;
  if (provider !== undefined)
    findings.push({ verdict: 'note', about: 'provider', text: `${provider.name}: ${provider.advice}` });
  const best = examinations.find(isSafe);
  if (best === undefined) return [...findings, judgeUnsafe(server.target.host, examinations)];
  if (login !== undefined) findings.push(judgeLogin(login));
  else if (server.wantsLogin) {
    findings.push({
      verdict: 'weak',
      about: 'login',
      text: 'not tried: nobody has confirmed that this is the right server',
    });
  }
  const given = [tokenCommandFlag, passwordCommandFlag, passwordFileFlag].find((flag) =>
    invocation.has(flag),
  );
  return [...findings, choose(server, best, given === tokenCommandFlag, givenOptions(invocation))];
}

/** 0 only where a safe login is possible, and went well where it was tried. */
export function concludeExitCode(
  examinations: readonly Examination[],
  login: LoginAttempt | undefined,
): number {
  if (login !== undefined && login.error !== null) return login.error.exitCode;
  if (examinations.some(isSafe)) return exitCode.done;
  const codes = examinations.map(({ error }) => error?.exitCode);
  const told = codes.find((code) => code !== undefined && code !== exitCode.unreachable);
  if (told !== undefined) return told;
  return codes.includes(undefined) ? exitCode.loginRefused : exitCode.unreachable;
}

function judgeUnsafe(host: string, examinations: readonly Examination[]): Finding {
  const finding = { verdict: 'bad', about: 'verdict' } as const;
  const allFailed = (...codes: readonly number[]): boolean =>
    examinations.every(({ error }) => error !== null && codes.includes(error.exitCode));
  const check = 'check the name of the host, the network, and whether a firewall is in the way.';
  if (allFailed(exitCode.unreachable)) {
    return { ...finding, text: `${host} cannot be reached`, advice: `C${check.slice(1)}` };
  }
  if (allFailed(exitCode.unreachable, exitCode.temporary)) {
    const text = `${host} could not be looked at: whether there is a safe way to log in is not known`;
    return { ...finding, text, advice: `Try again later. If that does not help, ${check}` };
  }
  const open = examinations.find(({ security, ways }) => security === 'none' && ways !== null);
  const untrusted = examinations.some(({ certificate, error }) => certificate !== null && error !== null);
  const way = untrusted ? undefined : open?.ways?.usable.find(({ takes }) => takes === 'password');
  return {
    ...finding,
    text: `there is no safe way to log in to ${host}: that takes TLS, and a certificate that can be verified`,
    advice:
      way === undefined
        ? 'What is wrong, and what to do, stands above.'
        : `--security none would log in by ${way.name}, which does not send the password itself; but everybody in between can read the mail, and change it.`,
  };
}

function judgeLogin(login: LoginAttempt): Finding {
  if (login.error === null) return { verdict: 'good', about: 'login', text: describeLogin(login) };
  const { sentence, hint } = login.error;
  return { verdict: 'bad', about: 'login', text: sentence, advice: hint ?? undefined };
}

function choose(
  { target }: ServerToExamine,
  best: Examination,
  hasToken: boolean,
  given: readonly string[],
): Finding {
  const usable = best.ways?.usable ?? [];
  const wanted = hasToken ? 'token' : 'password';
  const way = usable.find(({ takes }) => takes === wanted) ?? usable[0];
  const { account, accountName } = target;
  const name =
    accountName === undefined
      ? [target.host, target.user === '' ? 'USER' : target.user].map(shellWord)
      : [accountName];
  const options = [
    ...(best.port === (account.port ?? (best.security === 'tls' ? 995 : 110)) ? [] : ['--port', best.port]),
    ...(best.security === (account.security ?? 'tls') ? [] : ['--security', best.security]),
    ...given,
    ...(way?.takes === 'token' && accountName === undefined ? ['--token-command CMD'] : []),
  ];
  return {
    verdict: 'good',
    about: 'verdict',
    text: `Postrider would use ${best.security === 'tls' ? 'TLS' : 'STLS'} on port ${best.port} and ${way?.name ?? ''}: ${way === undefined ? '' : describeWay(way)}`,
    advice: ['postrider status', ...name, ...options].join(' '),
  };
}

/** What was given to get this far, and is needed the next time. */
function givenOptions(invocation: Context['invocation']): string[] {
  const proxy = invocation.get(proxyFlag);
  const values = [
    ...[configFlag, caFlag, pinFlag, certFlag, keyFlag].map((flag) => [flag, invocation.get(flag)] as const),
    // It may hold a password.
    [proxyFlag, proxy?.includes('@') ? 'URL' : proxy] as const,
    [authFlag, invocation.get(authFlag)?.join(',')] as const,
  ];
  return values.flatMap(([{ name }, value]) => (value === undefined ? [] : [`--${name}`, shellWord(value)]));
}
