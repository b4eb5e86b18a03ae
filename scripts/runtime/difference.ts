import type { Runtime } from './install.ts';

interface Difference {
  readonly runtime: Runtime['name'];
  /** The tests that fail there. */
  readonly tests: RegExp;
  /** What is different, for people; the library's README says the same. */
  readonly why: string;
}

const differences: readonly Difference[] = [
  {
    runtime: 'bun',
    tests:
      /(?:^an error about a certificate > |^trust > a pin alone |> one .* is refused, and the error says what to do$|> the pin that the error names )/,
    why: 'a refused certificate cannot be looked at: it is refused, but the error does not name it, nor its pin',
  },
  {
    runtime: 'bun',
    tests: /TLS 1\.0\/1\.1: refused$/,
    why: "the test's server cannot be made to speak TLS 1.1",
  },
  {
    runtime: 'bun',
    tests: /^isPop3Error > knows those of another copy of the package$/,
    why: 'the test cannot load a second copy: a query in a module name makes none',
  },
  {
    runtime: 'deno',
    tests:
      /(?:^an error about a certificate > |^trust > a pin alone |> one .* is refused, and the error says what to do$|> the pin that the error names )/,
    why: 'a refused certificate cannot be looked at: it is refused, but the error does not name it, nor its pin',
  },
  {
    runtime: 'deno',
    tests: /^(?:TLSv1\.3: tls-exporter > |under TLS 1\.3 not even the stolen key|.* > a good one: TLS state)/,
    why: 'there is no exportKeyingMaterial: SCRAM binds to the certificate (tls-server-end-point) in the place of the connection',
  },
  {
    runtime: 'deno',
    tests: /^TLSv1\.2: tls-server-end-point > /,
    why: "the test's server cannot be held to TLS 1.2",
  },
  {
    runtime: 'deno',
    tests:
      /^(?:a server > TLS without a certificate is refused at once|a client certificate .*> needs its key, and one that belongs)/,
    why: 'a certificate and a key that do not fit are noticed at the first connection',
  },
];

/** Sorts the failures of a runtime into those that are known and those that are not. */
export function describeDifferences(
  runtime: Runtime['name'],
  failures: readonly string[],
): { readonly unexpected: readonly string[]; readonly vanished: readonly string[]; readonly known: number } {
  const listed = differences.filter((difference) => difference.runtime === runtime);
  const unexpected = failures.filter((name) => !listed.some(({ tests }) => tests.test(name)));
  const vanished = listed
    .filter(({ tests }) => !failures.some((name) => tests.test(name)))
    .map(({ why, tests }) => `no test fails any more because ${why}; take ${tests} out`);
  return {
    unexpected: unexpected.map((name) => `failed: ${name}`),
    vanished,
    known: failures.length - unexpected.length,
  };
}
