// Runs the library's tests on every runtime that it is for. Where one really differs, the difference is listed in
// runtime/difference.ts and in the library's README; it fails here both where another test fails and where a listed one no longer does.
import { globSync } from 'node:fs';
import { describeDifferences } from './runtime/difference.ts';
import { installRuntimes } from './runtime/install.ts';
import { runTests } from './runtime/run.ts';

const files = globSync('packages/pop3/test/**/*.test.ts').sort();
const wanted = process.argv.slice(2);
let failed = 0;
let passed = 0;

for (const runtime of installRuntimes('.runtimes')) {
  if (wanted.length > 0 && !wanted.some((word) => runtime.name.startsWith(word))) continue;
  const startedAt = performance.now();
  const { tests, failures, output } = runTests(runtime, files);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { unexpected, vanished, known } = describeDifferences(runtime.name, failures);
  const problems = [...unexpected, ...vanished];
  console.log(
    `${runtime.name} ${runtime.version}: ${tests} tests, ${known} known differences, ${problems.length} problems, ${seconds} s`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
  // Without tests nothing was proved, whatever the exit code said.
  if (tests < 500 || unexpected.length > 0) console.log(output);
  if (tests < 500) failed++;
  failed += problems.length;
  passed += tests - failures.length;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
