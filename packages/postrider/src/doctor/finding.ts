import type { Security } from '@postrider/pop3';
import { exitCode } from '../failure/index.ts';
import type { ReportLine, ReportSection } from '../output/report.ts';
import type { Tone } from '../output/style.ts';
import type { Examination, ExaminedCertificate } from './examine.ts';

/** What is thought of something. */
export type Verdict = 'good' | 'weak' | 'bad' | 'note';

/** One line of the report. */
export interface Finding {
  readonly verdict: Verdict;
  /** What it is about, in a word. */
  readonly about: string;
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

const tones: Readonly<Record<Verdict, Tone>> = { good: 'good', weak: 'warning', bad: 'bad', note: 'faint' };

/** How the report names a way to connect. */
export const securityNames: Readonly<Record<Security, string>> = {
  tls: 'TLS from the first octet',
  starttls: 'after STLS',
  none: 'before STLS',
};

/** Findings as a part of a report. Notes need no mark. */
export function toSection(title: string, findings: readonly Finding[]): ReportSection {
  const lines = findings.map(
    ({ verdict, about, text, advice }): ReportLine => ({
      mark: verdict === 'note' ? '' : verdict,
      tone: tones[verdict],
      label: about,
      text,
      advice,
    }),
  );
  return { title, lines };
}

/** What an examination showed, a verdict a line. What `earlier` ones showed already is not told again. */
export function judge(examination: Examination, earlier: readonly Examination[] = []): Finding[] {
  const { error, greeting, capabilities, certificate, security } = examination;
  if (error !== null) return judgeFailure(examination, earlier);
  const findings = [judgeConnection(examination)];
  if (certificate !== null) {
    const seen = earlier.find((one) => one.certificate?.pin === certificate.pin && one.error === null);
    findings.push(
      ...(seen === undefined
        ? judgeCertificate(certificate)
        : [{ verdict: 'good', about: 'names', text: `the certificate of port ${seen.port}` } as const]),
    );
  }
  // STLS has no greeting of its own.
  if (security !== 'starttls' && greeting !== null && greeting !== '')
    findings.push({ verdict: 'note', about: 'greeting', text: greeting });
  const same = earlier.find((one) => String(one.capabilities) === String(capabilities) && one.error === null);
  findings.push(
    ...(same === undefined || capabilities === null
      ? judgeOffer(capabilities)
      : [{ verdict: 'note', about: 'offers', text: `the same as on port ${same.port}` } as const]),
  );
  if (examination.security === 'none') findings.push(...judgeReadable(examination));
  return findings;
}

/** Whether somebody could log in safely this way: over TLS, with a verified certificate. */
export function isSafe({ error, tls, ways }: Examination): boolean {
  return error === null && tls !== null && (ways?.usable.length ?? 0) > 0;
}

function judgeFailure(
  { error, certificate, security, port }: Examination,
  earlier: readonly Examination[],
): Finding[] {
  if (error === null) return [];
  const about = error.check === null || error.check === 'stls' ? 'connection' : 'certificate';
  const twin = earlier.find(
    (one) => one.error?.check === error.check && one.certificate?.pin === certificate?.pin,
  );
  if (twin !== undefined && certificate !== null) {
    return [{ verdict: 'bad', about, text: `the one of port ${twin.port}, for the same reason` }];
  }
  // Nobody has to have the old port.
  const verdict = security === 'none' && error.exitCode === exitCode.unreachable ? 'note' : 'bad';
  const advice = verdict === 'note' ? undefined : (error.hint ?? undefined);
  const failure: Finding = { verdict, about, text: shorten(error.sentence, port), advice };
  if (certificate === null) return [failure];
  return [
    failure,
    ...describeCertificate(certificate).map((line) => ({ ...line, verdict: 'note' }) as const),
  ];
}

// The heading names the server, and what is said about the certificate in brackets has lines of its own.
function shorten(sentence: string, port: number): string {
  return sentence
    .replace(/ \(subject .*\)$/s, '')
    .replace(new RegExp(`^(?:the certificate of )?\\S+:${port}:? `), '');
}

function judgeConnection({ tls, capabilities, ways }: Examination): Finding {
  if (tls !== null) {
    const binding = ways?.usable.some(({ name }) => name.endsWith('-PLUS')) === true;
    const bound = binding ? `; logins are bound to it (${tls.channelBinding})` : '';
    return { verdict: 'good', about: 'TLS', text: `${tls.version}, ${tls.cipher}${bound}` };
  }
  if (capabilities?.includes('STLS') === true)
    return { verdict: 'note', about: 'connection', text: 'readable on the way, with STLS on offer' };
  return {
    verdict: 'bad',
    about: 'connection',
    text: 'readable on the way, and no STLS: everybody in between can read the mail and change it',
    advice: 'Use TLS on port 995; if there is none, ask whoever runs the server for it.',
  };
}

const soon = 14;

function judgeCertificate(certificate: ExaminedCertificate): Finding[] {
  const { daysLeft } = certificate;
  const expires: Pick<Finding, 'verdict' | 'advice'> =
    daysLeft >= soon
      ? { verdict: 'good' }
      : { verdict: 'weak', advice: "It expires soon: tell the server's administrator." };
  return describeCertificate(certificate).map((line) =>
    line.about === 'valid'
      ? { ...line, ...expires }
      : { ...line, verdict: line.about === 'names' ? 'good' : 'note' },
  );
}

function describeCertificate(certificate: ExaminedCertificate): Omit<Finding, 'verdict'>[] {
  const { subject, names, issuer, daysLeft, notBefore, notAfter, pin } = certificate;
  const others = names.length > 6 ? ` and ${names.length - 6} more` : '';
  const left = daysLeft < 0 ? 'over' : daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
  return [
    {
      about: 'names',
      text: names.length === 0 ? `none; subject ${subject}` : `${names.slice(0, 6).join(', ')}${others}`,
    },
    { about: 'issuer', text: issuer },
    { about: 'valid', text: `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}, ${left}` },
    { about: 'pin', text: pin },
  ];
}

function judgeOffer(capabilities: readonly string[] | null): Finding[] {
  if (capabilities === null) {
    return [{ verdict: 'note', about: 'offers', text: 'it does not know CAPA, so it does not say' }];
  }
  const sasl = capabilities.find((line) => /^SASL\b/.test(line))?.slice(5) ?? '';
  const rest = capabilities.filter((line) => !/^SASL\b/.test(line));
  return [
    { verdict: 'note', about: 'offers', text: rest.length === 0 ? 'nothing' : rest.join(', ') },
    { verdict: 'note', about: 'SASL', text: sasl === '' ? 'none' : sasl.split(' ').join(', ') },
  ];
}

// Programs less careful than this one would use it (RFC 8314 section 4.1).
function judgeReadable({ capabilities, ways }: Examination): Finding[] {
  const readable = ways?.left.filter(({ cause }) => cause === 'unprotected').map(({ name }) => name) ?? [];
  if (readable.length === 0 || capabilities === null) return [];
  return [
    {
      verdict: 'weak',
      about: 'passwords',
      text: `taken readable without TLS (${readable.join(', ')}); Postrider sends none here`,
      advice: 'If the server is yours: take no readable passwords before STLS.',
    },
  ];
}
