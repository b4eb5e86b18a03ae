// Long enough that a rate can be read, short enough that it tells what happens now.
const windowMilliseconds = 10_000;
const leastMilliseconds = 500;

/** How fast something grows, over the last ten seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly amount: number }[] = [];

  /** Notes how much there is; `at` are milliseconds. */
  note(amount: number, at: number): void {
    this.#samples.push({ at, amount });
    while ((this.#samples[1]?.at ?? at) < at - windowMilliseconds) this.#samples.shift();
  }

  /** Undefined as long as too little is known. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < leastMilliseconds) return undefined;
    return Math.max(0, ((last.amount - first.amount) * 1000) / (last.at - first.at));
  }
}
