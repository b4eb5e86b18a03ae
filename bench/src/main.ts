// Our command line against others, side by side: a private Dovecot, the same corpus for all, results checked octet by octet before a time counts.
//
//     npm run bench                       everything that is installed
//     npm run bench -- small large        some corpora
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CorpusOptions, fillMaildir, makeCorpus } from '../../interop/src/corpus.ts';
import { startDovecot } from '../../interop/src/dovecot.ts';
import { startProxy } from '../../interop/src/proxy.ts';
import { checkResult } from './check.ts';
import { type Client, clients } from './client.ts';
import { measure } from './measure.ts';
import { median, ratio } from './report.ts';

const password = 'bench-password';
const rounds = Number(process.env['ROUNDS'] ?? 5);

interface Scenario {
  readonly name: string;
  readonly corpus: CorpusOptions;
  readonly security: 'tls' | 'none';
  readonly roundTripMilliseconds?: number;
}

const corpora: Readonly<Record<string, CorpusOptions>> = {
  small: { count: 10_000, bodyOctets: () => 3700 },
  mixed: { count: 2000, bodyOctets: (_, random) => Math.floor(1000 * 3000 ** (random() ** 3)) },
  large: { count: 40, bodyOctets: () => 25_000_000 },
  far: { count: 1000, bodyOctets: () => 3700 },
};

const wanted = process.argv.slice(2);
const scenarios: readonly Scenario[] = Object.entries(corpora)
  .filter(([name]) => wanted.length === 0 || wanted.includes(name))
  .flatMap(([name, corpus]): Scenario[] =>
    name === 'far'
      ? [
          {
            name: '1,000 of 4 KB over a 40 ms round trip',
            corpus,
            security: 'none',
            roundTripMilliseconds: 40,
          },
        ]
      : [
          { name: `${name}, plain`, corpus, security: 'none' },
          { name: `${name}, TLS`, corpus, security: 'tls' },
        ],
  );

for (const scenario of scenarios) await runScenario(scenario);

async function runScenario({ name, corpus, security, roundTripMilliseconds }: Scenario): Promise<void> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'pr-bench-'));
  const dovecot = await startDovecot({ users: { bench: password } });
  const target = security === 'tls' ? dovecot.tlsPort : dovecot.port;
  const proxy =
    roundTripMilliseconds === undefined ? undefined : await startProxy(target, { roundTripMilliseconds });
  try {
    const expected = new Map(
      fillMaildir(dovecot, 'bench', makeCorpus(corpus)).map(({ sha256, octets }) => [sha256, octets.length]),
    );
    const installed = clients.filter((client) => client.installed());
    const results = new Map<Client, { wall: number[]; cpu: number[]; memory: number[] }>();
    for (const client of installed) results.set(client, { wall: [], cpu: [], memory: [] });
    for (let round = 0; round <= rounds; round++) {
      for (const client of installed) {
        if (client.slow === true && (round > 1 || roundTripMilliseconds !== undefined)) continue;
        const output = join(folder, 'out');
        mkdirSync(output, { mode: 0o700 });
        const words = client.command({
          output,
          port: proxy?.port ?? target,
          security,
          ca: dovecot.certificate.caFile,
          password,
          messages: corpus.count,
        });
        const run = await measure(words, { ...process.env, HOME: output, POSTRIDER_PASSWORD: password });
        await checkResult(output, expected, client.name);
        rmSync(output, { recursive: true });
        // The first round warms the server's caches.
        if (round === 0 && rounds > 0) continue;
        const figures = results.get(client);
        figures?.wall.push(run.seconds);
        figures?.cpu.push(run.cpuSeconds);
        figures?.memory.push(run.peakMegabytes);
      }
    }
    print(name, results);
  } finally {
    await proxy?.stop();
    await dovecot.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(
  name: string,
  results: ReadonlyMap<Client, { wall: number[]; cpu: number[]; memory: number[] }>,
): void {
  const own = median([...results].find(([client]) => client.name === 'postrider')?.[1].wall ?? []);
  console.log(`\n${name} (medians of ${rounds})`);
  console.log(
    `  ${'client'.padEnd(16)}${'wall s'.padStart(9)}${'cpu s'.padStart(9)}${'peak MB'.padStart(9)}${'ours/theirs'.padStart(13)}`,
  );
  for (const [client, { wall, cpu, memory }] of results) {
    if (wall.length === 0) continue;
    const columns = [median(wall).toFixed(2), median(cpu).toFixed(2), median(memory).toFixed(0)].map((text) =>
      text.padStart(9),
    );
    console.log(`  ${client.name.padEnd(16)}${columns.join('')}${ratio(own, median(wall)).padStart(13)}`);
  }
}
