/** What a run of tests said. */
export interface TestReport {
  /** Those that ran. */
  readonly tests: number;
  /** The full names of those that failed: `suite > test`. */
  readonly failures: readonly string[];
}

/**
 * Reads a JUnit report, as far as runtimes agree on what that is: some nest suites, some put the suite into `classname`, and some
 * have the whole name in `name` and count suites as tests.
 */
export function readReport(xml: string): TestReport {
  const suites: string[] = [];
  const failures: string[] = [];
  let tests = 0;
  let current: string | undefined;
  for (const [, closing, tag, attributes = '', empty] of xml.matchAll(
    /<(\/?)(testsuite|testcase|failure|error|skipped)\b((?:[^>"]|"[^"]*")*?)(\/?)>/g,
  )) {
    const name = attribute(attributes, 'name');
    if (tag === 'testsuite') {
      if (closing === '/') suites.pop();
      else if (empty === '') suites.push(/\.[jt]s$/.test(name) ? '' : name);
    } else if (tag === 'testcase') {
      if (closing === '/') continue;
      tests++;
      const suite = attribute(attributes, 'classname');
      const outer = /^(?:test|ext:.*|.*\.ts|)$/.test(suite)
        ? suites.filter((each) => each !== '').join(' > ')
        : suite;
      current = outer === '' || name.startsWith(`${outer} > `) ? name : `${outer} > ${name}`;
    } else if (tag === 'skipped') {
      tests--;
    } else if (closing === '' && current !== undefined) {
      // A suite fails with its tests, and is none.
      if (/\d+ test steps? failed/.test(attributes)) tests--;
      else failures.push(current);
    }
  }
  return { tests, failures };
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return value
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
