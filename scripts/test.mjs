// Runs the tests: all of them, or the files that are named. Pure ones share one process, which takes a fraction of the time;
// those that open sockets, fork or crash get one each.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const pure = [
  'packages/pop3/test/protocol/**',
  'packages/pop3/test/sasl/**',
  'packages/collector/test/plan/**',
];
const every = ['packages/*/test/**', 'interop/test/**', 'examples/test/**', 'docs/test/**'];
const find = (folders) => new Set(folders.flatMap((folder) => globSync(`${folder}/*.test.ts`)));

const named = process.argv.slice(2);
const together = find(pure);
const apart = find(every);
for (const file of together) apart.delete(file);
const groups =
  named.length > 0
    ? [{ files: named, options: [] }]
    : [
        { files: [...together], options: ['--test-isolation=none'] },
        { files: [...apart], options: [] },
      ];

const summary = new URL('summary.cjs', import.meta.url).pathname;
let failed = false;
for (const { files, options } of groups) {
  if (files.length === 0) continue;
  const args = [
    '--conditions=@postrider/source',
    '--test',
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    `--test-reporter=${summary}`,
    '--test-reporter-destination=stdout',
    '--test-timeout=120000',
    ...options,
  ];
  const { status } = spawnSync(process.execPath, [...args, ...files.sort()], { stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
