import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startFaultyProxy } from '@postrider/pop3/testing';
import { startDovecot } from '../../interop/src/dovecot.ts';
import { checkResult } from './check.ts';
import type { Client, Task } from './client/client.ts';
import { postrider } from './client/postrider.ts';
import { fill, fillHuge } from './corpus.ts';
import { type Measured, measure } from './measure.ts';
import { makeFolder } from './place.ts';
import { reportRuns } from './report.ts';
import type { Scenario } from './scenario.ts';

const user = 'bench';
const password = 'bench-password';

// Seconds after which a client's first round has to do.
const longEnough = 20;

/** Runs every client of a scenario, in turn, and prints what each took. */
export async function compare(scenario: Scenario, rounds: number, clients: readonly Client[]): Promise<void> {
  const { security, place, corpus, roundTripMilliseconds } = scenario;
  const folder = makeFolder(place);
  if (folder === undefined) {
    console.log(`\n${scenario.title}: left out, as there is no ${place} to write to`);
    return;
  }
  const store = makeFolder('memory');
  const dovecot = await startDovecot({ users: { [user]: password }, folder: store?.path });
  const target = security === 'tls' ? dovecot.tlsPort : dovecot.port;
  const proxy =
    roundTripMilliseconds === undefined
      ? undefined
      : await startFaultyProxy({ port: target }, { roundTrip: roundTripMilliseconds });
  try {
    const expected = 'huge' in corpus ? fillHuge(dovecot, user, corpus.huge) : fill(dovecot, user, corpus);
    const once = async (client: Client): Promise<Measured> => {
      const output = join(folder.path, 'output');
      mkdirSync(output, { mode: 0o700 });
      try {
        const task: Task = {
          output,
          port: proxy?.port ?? target,
          security,
          ca: dovecot.certificate.caFile,
          user,
          password,
          messages: expected.messages,
          durable: place === 'disk',
        };
        const words = client.command(task);
        const env = { ...process.env, HOME: output, POSTRIDER_PASSWORD: password };
        const figures = await measure(words, env);
        checkResult(output, client.format, expected, client.name);
        return figures;
      } finally {
        rmSync(output, { recursive: true, maxRetries: 5 });
      }
    };
    const runs: Map<Client, Measured[]> = new Map(
      takingPart(scenario, clients).map((client) => [client, []]),
    );
    const most = scenario.rounds ?? rounds;
    // The server's caches are warm when the first one that counts begins.
    const [first] = runs.keys();
    if (first !== undefined && roundTripMilliseconds === undefined) await once(first);
    for (let round = 0; round < most; round++) {
      for (const [client, figures] of runs) {
        if ((figures[0]?.seconds ?? 0) > longEnough) continue;
        try {
          figures.push(await once(client));
        } catch (error) {
          if (client === postrider || !(error instanceof Error)) throw error;
          console.log(`\n${scenario.name}: ${client.name} is left out: ${error.message.trim()}`);
          runs.delete(client);
        }
      }
    }
    reportRuns(scenario, expected, runs);
  } finally {
    await proxy?.close();
    await dovecot.stop();
    folder.remove();
    store?.remove();
  }
}

function takingPart({ place, withSlow, withYardstick }: Scenario, clients: readonly Client[]): Client[] {
  return clients.filter(
    (client) =>
      client.installed() &&
      (client.durable || place === 'memory') &&
      (client.slow !== true || withSlow === true) &&
      (client.yardstick !== true || withYardstick === true),
  );
}
