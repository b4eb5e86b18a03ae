import type { Tone } from '../output/style.ts';
import type { Examination } from './examine.ts';

/** One line of the report. */
export interface Finding {
  readonly verdict: 'good' | 'weak' | 'bad' | 'note';
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export const tones: Readonly<Record<Finding['verdict'], Tone>> = {
  good: 'good',
  weak: 'warning',
  bad: 'bad',
  note: 'faint',
};

/** What an examination means, a verdict a line. */
export function judge(examination: Examination): Finding[] {
  const { error, hint, tls, capabilities, plan, security } = examination;
  if (error !== null)
    return [{ verdict: security === 'none' ? 'note' : 'bad', text: error, advice: hint ?? undefined }];
  const findings: Finding[] = [];
  if (tls === null) {
    const offersStls = capabilities?.includes('STLS') === true;
    findings.push(
      offersStls
        ? { verdict: 'note', text: 'plain text, with STLS on offer' }
        : {
            verdict: 'weak',
            text: 'plain text, and no STLS: whoever is on the way can read the mail',
            advice: 'Use TLS on port 995.',
          },
    );
  } else {
    findings.push({ verdict: 'good', text: `${tls.version}, ${tls.cipher}` });
    findings.push(judgeCertificate(tls));
  }
  findings.push({
    verdict: 'note',
    text: capabilities === null ? 'it does not know CAPA' : `offers ${capabilities.join(', ')}`,
  });
  const [best, ...others] = plan?.steps ?? [];
  if (best === undefined)
    findings.push({
      verdict: 'bad',
      text: 'no login that is safe here',
      advice: plan?.left.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
    });
  else {
    const verdict = tls === null ? 'weak' : 'good';
    findings.push({ verdict, text: `would log in by ${best.name}: ${best.reason}` });
    if (others.length > 0)
      findings.push({ verdict: 'note', text: `then by ${others.map(({ name }) => name).join(', ')}` });
  }
  for (const { name, reason } of plan?.left ?? [])
    findings.push({ verdict: 'note', text: `not by ${name}: ${reason}` });
  return findings;
}

function judgeCertificate(tls: NonNullable<Examination['tls']>): Finding {
  const { names, issuer, daysLeft, notAfter, pin } = tls;
  const text = `certificate for ${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}, by ${issuer}, until ${notAfter.slice(0, 10)} (${daysLeft} days), pin ${pin}`;
  if (daysLeft >= 14) return { verdict: 'good', text };
  return { verdict: 'weak', text, advice: "It expires soon: tell the server's administrator." };
}

/** Whether somebody could log in safely this way: with a verified certificate. */
export function isSafe({ error, tls, plan }: Examination): boolean {
  return error === null && tls !== null && (plan?.steps.length ?? 0) > 0;
}
