import type { Address, Attachment, Email } from 'postal-mime';
import type { Context } from '../context.ts';
import { formatDateWithOffset } from '../output/date.ts';
import { escapeText } from '../output/escape.ts';
import { formatOctets } from '../output/quantity.ts';
import { dateField, formatAddress, headerOf, readDate, unfold } from './header.ts';
import { parseMessage } from './parse.ts';
import { saveAttachments } from './save.ts';
import { readableText } from './text.ts';

/** Shows a message as people read it: decoded header, text, and what is attached. */
export async function showMessage(
  { output }: Context,
  octets: Uint8Array,
  saveTo: string | undefined,
): Promise<void> {
  const email = await parseMessage(octets);
  const contents = email.attachments.map(contentOf);
  const saved =
    saveTo === undefined
      ? []
      : await saveAttachments(
          saveTo,
          email.attachments.map(({ filename }, index) => [filename, contents[index] ?? new Uint8Array()]),
        );
  const attachments = email.attachments.map(({ filename, mimeType }, index) => ({
    name: filename,
    type: mimeType,
    octets: contents[index]?.length ?? 0,
    saved: saved[index] ?? null,
  }));
  const text = await readableText(email);
  if (output.json) {
    const { from, to = [], cc = [], subject } = email;
    output.printJson({
      date: readDate(dateField(email))?.toISOString() ?? null,
      from: from === undefined ? null : formatAddress(from),
      to: to.map(formatAddress),
      cc: cc.map(formatAddress),
      subject: subject === undefined ? null : unfold(subject),
      text,
      attachments,
    });
    return;
  }
  for (const [name, value] of headerLines(email))
    output.printPainted(`${output.paint('strong', `${name}:`)} ${escapeText(value)}\n`);
  output.print(text === '' ? '' : `\n${text}`);
  if (attachments.length > 0 && text !== '') output.print('');
  for (const { name, type, octets: size, saved: path } of attachments) {
    const where = path === null ? '' : `, saved as ${path}`;
    const line = `${name === null ? '(no name)' : unfold(name)} (${type}, ${formatOctets(size)})${where}`;
    output.printPainted(`${output.paint('strong', 'Attached:')} ${escapeText(line)}\n`);
  }
}

/** The fields of a header as they stand, unfolded. */
export async function headerFields(octets: Uint8Array): Promise<{ name: string; value: string }[]> {
  const { headers } = await parseMessage(headerOf(octets));
  return headers.map(({ originalKey, value }) => ({ name: originalKey, value }));
}

function headerLines(email: Email): [string, string][] {
  const { from, to, cc, subject } = email;
  const list = (addresses: readonly Address[] | undefined): string =>
    (addresses ?? []).map(formatAddress).join(', ');
  const date = dateField(email);
  const moment = readDate(date);
  const fields: [string, string][] = [
    ['Date', moment === undefined ? date : formatDateWithOffset(moment)],
    ['From', from === undefined ? '' : formatAddress(from)],
    ['To', list(to)],
    ['Cc', list(cc)],
    ['Subject', subject ?? ''],
  ];
  return fields
    .map(([name, value]): [string, string] => [name, unfold(value)])
    .filter(([, value]) => value !== '');
}

function contentOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
}
