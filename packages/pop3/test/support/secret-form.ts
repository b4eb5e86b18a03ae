import { escapeExcerpt } from '../../src/protocol/index.ts';

/** Every form in which somebody who looks could find a secret. */
export function formsOfSecret(value: string): string[] {
  return (['utf8', 'latin1'] as const).flatMap((encoding) => {
    const octets = Buffer.from(value, encoding);
    // Base64 of something that holds it looks in three ways, by where it begins.
    const base64 = [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), octets])
        .toString('base64')
        .replace(/=+$/, '');
      return text.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + octets.length) * 4) / 3));
    });
    const plain = octets.toString('latin1');
    return [
      plain,
      value,
      JSON.stringify(value).slice(1, -1),
      escapeExcerpt(value),
      escapeExcerpt(plain),
      [...value].reverse().join(''),
      ...base64,
      octets.toString('hex'),
      octets.toString('hex').toUpperCase(),
    ];
  });
}

/** Every piece of every form that is long enough to be recognised. */
export function piecesOfSecret(value: string, length = 8): string[] {
  const pieces = formsOfSecret(value)
    .flatMap((form) => [form, form.toUpperCase()])
    .flatMap((form) =>
      Array.from({ length: Math.max(1, form.length - length + 1) }, (_, at) => form.slice(at, at + length)),
    );
  return [...new Set(pieces)];
}
