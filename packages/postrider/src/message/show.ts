import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { Context } from '../context.ts';
import { formatOctets } from '../output/quantity.ts';
import { formatAddress } from './header.ts';
import { saveAttachments } from './save.ts';

/** Shows a message as people read it: decoded header, text, and what is attached. */
export async function showMessage(
  { output }: Context,
  octets: Uint8Array,
  saveTo: string | undefined,
): Promise<void> {
  const email = await PostalMime.parse(Buffer.from(octets));
  const attachments = email.attachments.map((attachment) => ({
    name: attachment.filename,
    type: attachment.mimeType,
    octets: contentOf(attachment).length,
  }));
  const saved =
    saveTo === undefined
      ? []
      : await saveAttachments(
          saveTo,
          email.attachments.map((one) => [one.filename, contentOf(one)]),
        );
  if (output.json) {
    output.printJson({
      date: email.date ?? null,
      from: email.from === undefined ? null : formatAddress(email.from),
      to: (email.to ?? []).map(formatAddress),
      cc: (email.cc ?? []).map(formatAddress),
      subject: email.subject ?? null,
      text: readableText(email),
      attachments,
      saved,
    });
    return;
  }
  for (const [name, value] of headerLines(email))
    output.print(`${output.paint('strong', `${name}:`)} ${value}`);
  output.print(`\n${readableText(email).trimEnd()}`);
  if (attachments.length > 0) output.print('');
  for (const { name, type, octets: size } of attachments) {
    output.print(`Attached: ${name ?? '(no name)'} (${type}, ${formatOctets(size)})`);
  }
  for (const path of saved) output.note(`Saved ${path}`);
}

function headerLines({ date, from, to, cc, subject }: Email): [string, string][] {
  const list = (addresses: readonly Address[] | undefined): string =>
    (addresses ?? []).map(formatAddress).join(', ');
  const lines: [string, string][] = [
    ['Date', date ?? ''],
    ['From', from === undefined ? '' : formatAddress(from)],
    ['To', list(to)],
    ['Cc', list(cc)],
    ['Subject', subject ?? ''],
  ];
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [name, value.replace(/[\r\n\t]+/g, ' ')]);
}

// HTML alone is shown without its tags: enough to see what it is about.
function readableText({ text, html }: Email): string {
  if (text !== undefined) return text;
  return (html ?? '')
    .replace(/<(?:style|script)\b[^>]*>[\s\S]*?<\/(?:style|script)>/gi, '')
    .replace(/<(?:br|\/p|\/div|\/tr|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(?:nbsp|#160);/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\n{3,}/g, '\n\n');
}

function contentOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
}
