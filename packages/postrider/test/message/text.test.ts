import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import PostalMime from 'postal-mime';
import { readableText } from '../../src/message/text.ts';

const read = async (message: string): Promise<string> =>
  readableText(await PostalMime.parse(message.replaceAll('\n', '\r\n')));

const alternative = (text: string): string => `MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

${text}
--b
Content-Type: text/html; charset=utf-8

<p>the <b>html</b></p>
--b--
`;

suite('the readable text of a message', () => {
  test('plain text', async () => assert.equal(await read('Subject: x\n\nGuten Tag\n\n\n'), 'Guten Tag'));
  test('text is chosen before HTML', async () =>
    assert.equal(await read(alternative('the text')), 'the text'));
  test('HTML, where the text is empty', async () => assert.equal(await read(alternative(' ')), 'the html'));
  test('HTML alone', async () =>
    assert.equal(await read('Content-Type: text/html\n\n<h1>Hi</h1><p>there'), 'Hi\n\nthere'));
  test('quoted-printable in Latin-1', async () =>
    assert.equal(
      await read(
        'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n',
      ),
      'Grüße',
    ));
  test('an attachment alone has none', async () =>
    assert.equal(
      await read('Content-Type: application/pdf\nContent-Disposition: attachment; filename=x.pdf\n\nx\n'),
      '',
    ));
});
