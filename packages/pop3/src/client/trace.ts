import { type ClientEvent, type Command, describeCommand, escapeExcerpt } from '../protocol/index.ts';
import type { Redactor } from './redact.ts';

/** One line of the dialogue: escaped to printable ASCII, its secrets left out. */
export interface TraceEntry {
  readonly direction: 'client' | 'server' | 'note';
  readonly text: string;
}

/** Is told every line of the dialogue. What it throws is ignored. */
export type Trace = (entry: TraceEntry) => void;

const maximum = 500;

/** Tells a {@link Trace} what crosses the wire. Does nothing where there is none. */
export class Tracer {
  readonly #trace: Trace | undefined;
  readonly #redactor: Redactor;
  #contentOctets = 0;

  constructor(trace: Trace | undefined, redactor: Redactor) {
    this.#trace = trace && neverThrowing(trace);
    this.#redactor = redactor;
  }

  /** A command is sent. */
  command(command: Command): void {
    this.#trace?.({ direction: 'client', text: describeCommand(command) });
  }

  /** A challenge is answered, or the exchange cancelled. */
  answer(cancelled: boolean): void {
    this.#trace?.({ direction: 'client', text: cancelled ? '*' : '[secret]' });
  }

  note(text: string): void {
    this.#trace?.({ direction: 'note', text });
  }

  /** Something came from the server. Content is counted, never shown; challenges are never shown. */
  event(event: ClientEvent): void {
    if (this.#trace === undefined) return;
    switch (event.type) {
      case 'greeting':
      case 'response':
        this.#server(event.line);
        break;
      case 'challenge':
        this.#server(event.data === '' ? '+ ' : '+ [challenge]');
        break;
      case 'line':
        this.#server(event.text);
        break;
      case 'content':
        this.#contentOctets += event.octets.length;
        break;
      case 'end':
        if (this.#contentOctets > 0) this.note(`${this.#contentOctets} octets of content`);
        this.#contentOctets = 0;
        this.#server('.');
        break;
      case 'closed':
        this.note('the server closed the connection');
        break;
    }
  }

  #server(line: string): void {
    this.#trace?.({ direction: 'server', text: escapeExcerpt(this.#redactor.redact(line), maximum) });
  }
}

// A trace that fails must not take along a session that goes well, nor keep one from ending that does not.
function neverThrowing(trace: Trace): Trace {
  return (entry) => {
    try {
      trace(entry);
    } catch {}
  };
}
