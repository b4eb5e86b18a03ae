import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { locate } from '../../src/config/place.ts';

const source = `# [accounts.fake]
[accounts.work]
host = "x" # port = 1
  port = 995
notes = """
[accounts.other]
port = 1
"""

[ accounts . "with.dot" ]
'user' = "u"
[accounts.work.oauth]
client-id = "c"

[accounts]
inline = { host = "h", user = "u" }
dotted.host = "h"
`;

suite('the place of a key in a file', () => {
  const rows: readonly (readonly [path: string[], place: string])[] = [
    [['accounts', 'work'], '2:1'],
    [['accounts', 'work', 'host'], '3:1'],
    [['accounts', 'work', 'port'], '4:3'],
    [['accounts', 'with.dot', 'user'], '11:1'],
    [['accounts', 'work', 'oauth', 'client-id'], '13:1'],
    [['accounts', 'inline', 'user'], '16:24'],
    [['accounts', 'dotted', 'host'], '17:1'],
    // What is missing: the table that it is missing in.
    [['accounts', 'work', 'user'], '2:1'],
    [['accounts', 'dotted', 'user'], '17:1'],
    [['nothing'], '1:1'],
  ];
  for (const [path, place] of rows) test(path.join('.'), () => assert.equal(locate(source, path), place));
});
