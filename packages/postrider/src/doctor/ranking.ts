import type { Examination } from './examine.ts';
import type { Finding } from './finding.ts';
import type { LoginWay } from './way.ts';

/** The ways to log in, best first, and those that are left, each with its reason. */
export function rankWays({ ways, tls }: Examination): Finding[] {
  const usable = (ways?.usable ?? []).map((way, index): Finding => {
    const weak = way.exposure === 'digest' && !way.name.startsWith('SCRAM-');
    return {
      verdict: weak || tls === null ? 'weak' : 'good',
      about: `${index + 1}. ${way.name}`,
      text: describeWay(way),
    };
  });
  // What the user has not asked for is no news to him.
  const left = (ways?.left ?? []).filter(({ cause, name }) => cause !== 'not-named' || name === 'ANONYMOUS');
  const unused = left.map(
    ({ name, reason, cause }): Finding => ({
      verdict: 'note',
      about: `   ${name}`,
      text: `not used: ${cause === 'unprotected' ? 'whoever is on the way could read it' : reason}`,
    }),
  );
  return [...usable, ...unused];
}

/** Why a way is good, whoever has what it takes. */
export function describeWay({ takes, reason }: LoginWay): string {
  return takes === 'token'
    ? 'needs an access token (postrider login, --token-command), which is all that the server gets to see'
    : reason;
}
