import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { htmlToText } from '../../src/message/html-text.ts';

suite('the text of HTML', () => {
  const rows: readonly (readonly [what: string, html: string, text: string])[] = [
    ['paragraphs and lines', '<p>One<br>two</p>\n<p>Three</p>', 'One\ntwo\n\nThree'],
    ['space is one', 'a \n\t b', 'a b'],
    ['space between tags', '<b>Hello</b> <i>world</i>', 'Hello world'],
    ['no space where there is none', 'f<b>oo</b>', 'foo'],
    ['entities', 'caf&eacute; &amp; &#x540d; &lt;b&gt;', 'café & 名 <b>'],
    ['lists', '<ul><li>one<li>two</ul>', '* one\n* two'],
    ['rows and cells', '<table><tr><td>a<td>b<tr><td>c</table>', 'a b\nc'],
    ['divs are lines', '<div>a</div><div>b</div>', 'a\nb'],
    ['no two empty lines', '<p>a</p><p></p><br><br><br><p>b</p>', 'a\n\nb'],
    ['pre stays as it is', '<pre>a\n  b</pre>', 'a\n  b'],
    [
      'style, script, head and comments are gone',
      '<head><title>t</title><style>p{}</style></head><script>alert(1)</script><!-- c -->x',
      'x',
    ],
    [
      'where a link leads',
      '<a href="https://example.com/a">click</a> here',
      'click <https://example.com/a> here',
    ],
    ['a link that says so itself', '<a href="https://example.com/">example.com</a>', 'example.com'],
    [
      'a link that says something else',
      '<a href="https://evil.example">https://bank.example</a>',
      'https://bank.example <https://evil.example>',
    ],
    ['a link that is no address', '<a href="javascript:alert(1)">x</a><a name="y">z</a>', 'xz'],
    ['a tag that never ends', 'a<b', 'a'],
    ['nothing', '', ''],
  ];
  for (const [what, html, text] of rows) test(what, () => assert.equal(htmlToText(html), text));

  test('deep nesting is given up, and says so', () => {
    const text = htmlToText(`<p>start</p>${'<div>'.repeat(300_000)}end`);
    assert.match(text, /^start\n\n\[The rest is nested too deeply/);
  });
});
