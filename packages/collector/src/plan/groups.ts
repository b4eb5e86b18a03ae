/** Values by a text. Nearly every text has one value, which is kept without an array around it: there may be a hundred thousand. */
export class Groups<V extends object> {
  readonly #values = new Map<string, V | V[]>();

  add(text: string, value: V): void {
    const values = this.#values.get(text);
    if (values === undefined) this.#values.set(text, value);
    else if (Array.isArray(values)) values.push(value);
    else this.#values.set(text, [values, value]);
  }

  get(text: string): readonly V[] {
    return toArray(this.#values.get(text));
  }

  *entries(): Generator<readonly [text: string, values: readonly V[]], void, undefined> {
    for (const [text, values] of this.#values) yield [text, toArray(values)];
  }
}

function toArray<V extends object>(values: V | V[] | undefined): readonly V[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values];
}
