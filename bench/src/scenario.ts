import type { CorpusOptions } from '../../interop/src/corpus.ts';
import type { Place } from './place.ts';

/** A figure that ours may not exceed, as a multiple of another client's. */
export interface Target {
  readonly figure: 'wall' | 'cpu';
  readonly client: string;
  readonly atMost: number;
}

/** What is fetched, over which line, and where to. */
export interface Scenario {
  /** One word, for the command line. */
  readonly name: string;
  readonly title: string;
  readonly corpus: CorpusOptions | { readonly huge: number };
  readonly security: 'tls' | 'none';
  readonly place: Place;
  readonly roundTripMilliseconds?: number;
  /** Clients that take minutes take part, for one round. */
  readonly withSlow?: boolean;
  /** The yardstick takes part. */
  readonly withYardstick?: boolean;
  readonly rounds?: number;
  readonly targets: readonly Target[];
  /** Most memory that ours may use, in megabytes. */
  readonly peakMegabytes?: number;
}

const megabyte = 1_000_000;

function corpora(scale: number): Readonly<Record<'small' | 'mixed' | 'large', CorpusOptions>> {
  return {
    small: { count: Math.ceil(10_000 * scale), bodyOctets: () => 3700 },
    mixed: {
      count: Math.ceil(2000 * scale),
      bodyOctets: (_, random) => Math.floor(1000 * 3000 ** (random() ** 3)),
    },
    large: { count: Math.ceil(40 * scale), bodyOctets: () => 25 * megabyte },
  };
}

const titles = {
  small: (count: number) => `${count} messages of 4 KB`,
  mixed: (count: number) => `${count} messages of 1 KB to 3 MB`,
  large: (count: number) => `${count} messages of 25 MB`,
};

/** Every scenario, whole, or a tenth of the messages. */
export function scenarios(quick: boolean): readonly Scenario[] {
  const scale = quick ? 0.1 : 1;
  const all: Scenario[] = [];
  for (const name of ['small', 'mixed', 'large'] as const) {
    const corpus = corpora(scale)[name];
    const what = titles[name](corpus.count);
    // Level is what no run could tell apart.
    const least = name === 'large' ? 1.05 : 1.3;
    const wall: Target = { figure: 'wall', client: 'mpop', atMost: least };
    const cpu: Target = { figure: 'cpu', client: 'curl', atMost: 2 };
    const targets = name === 'large' ? [wall, cpu] : [wall];
    all.push(
      {
        name,
        title: `${what}, plain`,
        corpus,
        security: 'none',
        place: 'memory',
        withYardstick: true,
        targets,
      },
      { name: `${name}-tls`, title: `${what}, TLS`, corpus, security: 'tls', place: 'memory', targets },
      {
        name: `${name}-durable`,
        title: `${what}, plain, every message durable on a disk`,
        corpus,
        security: 'none',
        place: 'disk',
        targets: [{ ...wall, atMost: 1 }],
      },
    );
  }
  const far: Scenario = {
    name: 'far',
    title: `${1000 * scale} messages of 4 KB over a 40 ms round trip, plain`,
    corpus: { count: 1000 * scale, bodyOctets: () => 3700 },
    security: 'none',
    place: 'memory',
    roundTripMilliseconds: 40,
    withSlow: true,
    withYardstick: true,
    targets: [
      { figure: 'wall', client: 'raw socket', atMost: 1.3 },
      { figure: 'wall', client: 'poplib', atMost: 0.05 },
      { figure: 'wall', client: 'getmail', atMost: 0.05 },
    ],
  };
  const whole: readonly Scenario[] = [
    ...all,
    far,
    { ...far, name: 'far-tls', title: far.title.replace('plain', 'TLS'), security: 'tls', withSlow: false },
    {
      name: 'huge',
      title: `one message of ${quick ? '100 MB' : '1 GB'}, plain`,
      corpus: { huge: 1000 * megabyte * scale },
      security: 'none',
      place: 'memory',
      rounds: 1,
      targets: [],
      peakMegabytes: 120,
    },
  ];
  // A tenth of the messages is mostly start-up.
  return quick ? whole.map((scenario) => ({ ...scenario, targets: [] })) : whole;
}
