// Our command line against others, side by side: a private Dovecot, the same messages for all, and every result checked octet by octet before its time
// counts. See README.md.
import { parseArgs } from 'node:util';
import { clients } from './client/index.ts';
import { compare } from './compare.ts';
import { measureListing } from './listing.ts';
import { scenarios } from './scenario.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    client: { type: 'string', multiple: true },
  },
});
const { quick: wantsQuick, rounds: wantedRounds, client: named, ...others } = values;
const quick = wantsQuick === true;
const rounds = Number(wantedRounds ?? (quick ? 3 : 5));
const all = scenarios(quick);
const names = [...all.map(({ name }) => name), 'listing'];
const wantedClients = Array.isArray(named) ? named.map(String) : clients.map(({ name }) => name);
const known = new Set(clients.map(({ name }) => name));
const unknown = [
  ...wantedClients.filter((name) => !known.has(name)),
  ...positionals.filter((name) => !names.includes(name)),
  ...Object.keys(others),
];
if (unknown.length > 0 || !Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(
    `usage: npm run bench -- [--quick] [--rounds N] [--client NAME]... [SCENARIO...]\nscenarios: ${names.join(', ')}\nclients: ${[...known].join(', ')}`,
  );
  process.exitCode = 64;
} else {
  const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
  for (const scenario of all.filter(({ name }) => wanted(name))) {
    await compare(
      scenario,
      rounds,
      clients.filter(({ name }) => wantedClients.includes(name)),
    );
  }
  if (wanted('listing')) await measureListing(quick ? 10_000 : 100_000);
}
