import { FileDelivery } from './file-delivery.ts';
import { FromLineQuoter } from './from-line.ts';
import { LineEndConverter } from './line-end.ts';

const LF = 0x0a;
const newline = Buffer.from('\n');

/** A message as it will stand in an mbox file, in a file of its own: with its `From ` line, quoted, with LF line ends, and a blank line behind it. */
export class MboxDelivery extends FileDelivery {
  readonly #lines = new LineEndConverter();
  readonly #quoter = new FromLineQuoter();
  #begun = false;
  #last = LF;

  protected override *encode(
    pieces: readonly Uint8Array[],
    last: boolean,
  ): Generator<Uint8Array, void, undefined> {
    if (!this.#begun) yield Buffer.from(`From MAILER-DAEMON ${asctime(new Date())}\n`);
    this.#begun = true;
    for (const converted of this.#lines.convert(pieces)) yield this.#seen(this.#quoter.quote(converted));
    if (!last) return;
    yield this.#seen(this.#quoter.quote(this.#lines.end()));
    yield this.#seen(this.#quoter.end());
    if (this.#last !== LF) yield newline;
    yield newline;
  }

  #seen(octets: Uint8Array): Uint8Array {
    this.#last = octets.at(-1) ?? this.#last;
    return octets;
  }
}

// The date of a `From ` line, in UTC: `Tue Nov 24 09:00:00 2026`.
function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}
