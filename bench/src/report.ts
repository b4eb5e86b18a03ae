import type { Client } from './client/client.ts';
import type { Expected } from './corpus.ts';
import type { Measured } from './measure.ts';
import type { Scenario, Target } from './scenario.ts';

/** One line of a result. */
export interface Row {
  readonly name: string;
  readonly value: string;
}

/** What each client took, round by round, in the order in which they took turns. */
export type Runs = ReadonlyMap<Client, Measured[]>;

/** Prints results in two columns. */
export function report(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`\n${title}`);
  for (const { name, value } of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}

const headings = ['rounds', 'wall s', 'best', 'cpu s', 'peak MB', 'ours/theirs', 'cpu'];

/** Prints a table with medians and ratios, and how ours stands to its targets. */
export function reportRuns(scenario: Scenario, { octets }: Expected, runs: Runs): void {
  console.log(`\n${scenario.name}: ${scenario.title} (${(octets / 1e6).toFixed(0)} MB)`);
  console.log(`  ${'client'.padEnd(12)}${headings.map((text) => text.padStart(12)).join('')}`);
  const figures = new Map([...runs].map(([{ name }, measured]) => [name, summarize(measured)]));
  const own = figures.get('postrider');
  for (const [name, { rounds, wall, best, cpu, peak }] of figures) {
    const cells = [
      String(rounds),
      wall.toFixed(2),
      best.toFixed(2),
      cpu.toFixed(2),
      peak.toFixed(0),
      own === undefined ? '' : ratio(own.wall, wall),
      own === undefined ? '' : ratio(own.cpu, cpu),
    ];
    console.log(`  ${name.padEnd(12)}${cells.map((text) => text.padStart(12)).join('')}`);
  }
  if (own === undefined) return;
  for (const target of scenario.targets) {
    const other = figures.get(target.client);
    if (other !== undefined)
      console.log(`  target: ${judge(target, own[target.figure] / other[target.figure])}`);
  }
  if (scenario.peakMegabytes !== undefined)
    console.log(`  target: ${judgePeak(own.peak, scenario.peakMegabytes)}`);
}

/** Says whether a memory target is met. */
export function judgePeak(peak: number, atMost: number): string {
  return `peak memory at most ${atMost} MB: ${peak.toFixed(0)} MB, ${verdict(peak <= atMost)}`;
}

function judge({ figure, client, atMost }: Target, found: number): string {
  const name = figure === 'wall' ? 'wall time' : 'CPU time';
  return `${name} at most ${atMost}x that of ${client}: ${found.toFixed(2)}x, ${verdict(found <= atMost)}`;
}

function verdict(met: boolean): string {
  return met ? 'met' : 'NOT met';
}

interface Summary {
  readonly rounds: number;
  readonly wall: number;
  readonly best: number;
  readonly cpu: number;
  readonly peak: number;
}

function summarize(measured: readonly Measured[]): Summary {
  const walls = measured.map(({ seconds }) => seconds);
  return {
    rounds: measured.length,
    wall: median(walls),
    best: Math.min(...walls),
    cpu: median(measured.map(({ cpuSeconds }) => cpuSeconds)),
    peak: Math.max(...measured.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

/** `1.25x`. */
export function ratio(value: number, reference: number): string {
  if (reference === 0) return '-';
  return `${(value / reference).toFixed(2)}x`;
}

/** The middle one; the mean of the two in the middle where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
