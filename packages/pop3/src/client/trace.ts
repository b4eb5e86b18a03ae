import { type ClientEvent, escapeExcerpt } from '../protocol/index.ts';
import type { Redact } from './credential.ts';

/** One line of the dialogue: escaped to printable ASCII, its secrets left out. */
export interface TraceEntry {
  readonly direction: 'client' | 'server' | 'note';
  readonly text: string;
}

/** Is told every line of the dialogue. It must not throw. */
export type Trace = (entry: TraceEntry) => void;

const maximum = 500;

/** What an event looks like in a trace, `redact` applied to the server's words. Content is counted, never shown; challenges are never shown. */
export function describeEvent(event: ClientEvent, redact: Redact): TraceEntry | undefined {
  switch (event.type) {
    case 'greeting':
    case 'response':
      return { direction: 'server', text: escapeExcerpt(redact(event.line), maximum) };
    case 'challenge':
      return { direction: 'server', text: event.data === '' ? '+ ' : '+ [challenge]' };
    case 'line':
      return { direction: 'server', text: escapeExcerpt(redact(event.text), maximum) };
    case 'end':
      return { direction: 'server', text: '.' };
    case 'closed':
      return { direction: 'note', text: 'the server closed the connection' };
    default:
      return undefined;
  }
}
