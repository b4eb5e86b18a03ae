import type { CollectEvent } from '@postrider/collector';
import { describeFailure } from '../failure/index.ts';
import type { Output } from '../output/output.ts';
import { countOf, formatOctets } from '../output/quantity.ts';

/** Tells the user of an event as it happens: as a line of JSON, or as words where it is worth them. */
export function reportEvent(output: Output, account: string, event: CollectEvent, several: boolean): void {
  if (output.json) {
    if (event.type !== 'progress') output.printJsonLine({ account, ...toJson(event) });
    return;
  }
  const prefix = several ? `${account}: ` : '';
  switch (event.type) {
    case 'note':
      if (event.note.severity === 'warning') output.warn(`${prefix}${event.note.message}`);
      else output.detail(`${prefix}${event.note.message}`);
      break;
    case 'failed':
      output.warn(
        `${prefix}message ${event.messageNumber}${event.uniqueId === undefined ? '' : ` (${event.uniqueId})`} ${event.setAside ? 'is set aside' : 'failed'}: ${event.reason}`,
      );
      break;
    case 'skipped':
      if (event.reason === 'too-large' || event.reason === 'octets-unknown') {
        const why =
          event.octets === undefined
            ? 'the server does not say how large it is, and there is a --max-size'
            : `${formatOctets(event.octets)} is more than --max-size`;
        output.note(`${prefix}message ${event.messageNumber} stays on the server: ${why}`);
      } else if (event.reason === 'unidentified') {
        output.detail(
          `${prefix}message ${event.messageNumber} has no unique-id and no header that can be read`,
        );
      }
      break;
    case 'deletion-unconfirmed':
      output.warn(
        `${prefix}the deletion of ${countOf(event.messages, 'message')} is not confirmed (${event.reason}); the next run asks again`,
      );
      break;
    case 'destination-failed':
      output.warn(`${prefix}${event.error.message}; the other destinations go on without it`);
      break;
    case 'retry':
      output.note(
        `${prefix}${describeFailure(event.error).sentence}; trying again in ${event.delay / 1000} s`,
      );
      break;
    case 'delivered':
      output.detail(
        `${prefix}message ${event.messageNumber}: ${formatOctets(event.octets)}${event.repeated ? ', was there already' : ''}`,
      );
      break;
    default:
      break;
  }
}

/** The keys of each line are documented in the help of collect. What is not known is null. */
function toJson(event: Exclude<CollectEvent, { type: 'progress' }>): object {
  switch (event.type) {
    case 'note': {
      const { severity, code, message, messageNumbers } = event.note;
      return { type: event.type, severity, code, message, messageNumbers };
    }
    case 'failed':
    case 'skipped':
    case 'incomplete':
    case 'delivered': {
      const { type, messageNumber, uniqueId, octets, ...rest } = event;
      return { type, messageNumber, uniqueId: uniqueId ?? null, octets: octets ?? null, ...rest };
    }
    case 'destination-failed': {
      const { destination, message } = event.error;
      return { type: event.type, destination, error: message };
    }
    case 'retry': {
      const { sentence } = describeFailure(event.error);
      return { type: event.type, delay: event.delay, error: sentence };
    }
    default:
      return event;
  }
}
