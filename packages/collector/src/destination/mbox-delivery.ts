import { FileDelivery } from './file-delivery.ts';
import type { FileSystem } from './file-system.ts';
import { FromLineQuoter } from './from-line.ts';
import { LineEndConverter } from './line-end.ts';

const LF = 0x0a;
const newline = Buffer.from('\n');

/** A message as it will stand in an mbox file, in a file of its own: with its `From ` line, quoted, with LF line ends, and a blank line behind it. */
export class MboxDelivery extends FileDelivery {
  readonly #lines = new LineEndConverter();
  readonly #quoter = new FromLineQuoter();
  #last = LF;

  constructor(destination: string, id: string, path: string, fileSystem: FileSystem) {
    super(destination, id, path, fileSystem);
    super.write(Buffer.from(`From MAILER-DAEMON ${asctime(new Date())}\n`));
  }

  override write(octets: Uint8Array): void {
    this.#put(this.#quoter.quote(this.#lines.convert(octets)));
  }

  override end(): void {
    this.#put(this.#quoter.quote(this.#lines.end()));
    this.#put(this.#quoter.end());
    if (this.#last !== LF) super.write(newline);
    super.write(newline);
  }

  #put(octets: Uint8Array): void {
    this.#last = octets.at(-1) ?? this.#last;
    super.write(octets);
  }
}

// The date of a `From ` line, in UTC: `Tue Nov 24 09:00:00 2026`.
function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}
