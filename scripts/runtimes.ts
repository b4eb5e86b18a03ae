// Runs the library's tests on every runtime that it is for. Where one really differs, the difference is listed in
// runtime/difference.ts and in the library's README; it fails here both where another test fails and where a listed one no longer does.
import { globSync } from 'node:fs';
import { describeDifferences } from './runtime/difference.ts';
import { installRuntimes, type Runtime } from './runtime/install.ts';
import { runTests } from './runtime/run.ts';

const files = globSync('packages/pop3/test/**/*.test.ts').sort();
const wanted = process.argv.slice(2);
let failed = 0;
let passed = 0;

for (const runtime of installRuntimes('.runtimes')) {
  if (wanted.length > 0 && !wanted.some((word) => runtime.name.startsWith(word))) continue;
  const startedAt = performance.now();
  const { tests, failures, output } = runTwiceWhereNeeded(runtime);
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

/**
 * Another try where something fails that is not known to. Many tests are about time, and four runtimes in a row are hard on a small machine;
 * what really differs fails both times. The tests proper, on Node 24, get one try.
 */
function runTwiceWhereNeeded(runtime: Runtime): ReturnType<typeof runTests> {
  const first = runTests(runtime, files);
  const { unexpected } = describeDifferences(runtime.name, first.failures);
  if (unexpected.length === 0) return first;
  console.log(`${runtime.name} ${runtime.version}: once more, since this failed: ${unexpected.join('; ')}`);
  const second = runTests(runtime, files);
  return { ...second, failures: second.failures.filter((name) => first.failures.includes(name)) };
}
