import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  defaultQuirks,
  parseDropListing,
  parseScanListing,
  parseUniqueIdListing,
  type Quirks,
  strictQuirks,
} from '../../src/protocol/index.ts';

/** Text, and what it is with no tolerance and with all of them; undefined: malformed. */
type Row<T> = readonly [text: string, strict: T | undefined, lenient: T | undefined];

function table<T>(rows: readonly Row<T>[], parse: (text: string, quirks: Quirks) => T | undefined): void {
  for (const [text, strict, lenient] of rows) {
    test(JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text), () => {
      assert.deepEqual(parse(text, strictQuirks), strict, 'strict');
      assert.deepEqual(parse(text, defaultQuirks), lenient, 'lenient');
    });
  }
}

const never = undefined;

suite('a drop listing', () => {
  const empty = { messages: 0, octets: 0 };
  const two = { messages: 2, octets: 320 };
  table(
    [
      ['0 0', empty, empty],
      ['2 320', two, two],
      ['2 320 ', two, two],
      ['2 320 octets', never, two],
      ['2   320', never, two],
      [' 2 320', never, two],
      ['2', never, never],
      ['', never, never],
      ['2 -320', never, never],
      ['-2 320', never, never],
      ['2 0x140', never, never],
      ['2 3.2e2', never, never],
      ['2 18446744073709551616', never, never],
      ['2,320', never, never],
      ['2 320octets', never, never],
      ['NaN NaN', never, never],
    ],
    parseDropListing,
  );
});

suite('a scan listing', () => {
  const one = { messageNumber: 1, octets: 4096 };
  table(
    [
      ['1 4096', one, one],
      ['1      4096', never, one],
      ['1 4096 (deleted)', never, one],
      ['0 4096', never, never],
      ['1 -1', never, never],
      ['1', never, never],
      ['x 1', never, never],
      ['9007199254740993 1', never, never],
    ],
    parseScanListing,
  );
});

suite('a unique-id listing', () => {
  const id = (uniqueId: string) => ({ messageNumber: 1, uniqueId });
  const seventy = 'x'.repeat(70);
  table(
    [
      ['1 whqtswO00WBw418f9t5JxYwZ', id('whqtswO00WBw418f9t5JxYwZ'), id('whqtswO00WBw418f9t5JxYwZ')],
      [`1 ${seventy}`, id(seventy), id(seventy)],
      [`1 ${seventy}x`, never, id(`${seventy}x`)],
      ['1 a b', never, id('a b')],
      ['1 \xff', never, id('\xff')],
      ['1 \x1b[2J', never, id('\x1b[2J')],
      ['1 __proto__', id('__proto__'), id('__proto__')],
      ['1   abc', never, id('abc')],
      ['1 abc  ', id('abc'), id('abc')],
      ['1 ', never, never],
      ['1', never, never],
      ['0 abc', never, never],
      ['abc', never, never],
      ['-1 abc', never, never],
    ],
    (text, quirks) => parseUniqueIdListing(text, quirks),
  );
});

suite('a unique-id that was asked for by message-number', () => {
  const id = (uniqueId: string) => ({ messageNumber: 3, uniqueId });
  table(
    [
      ['3 abc', id('abc'), id('abc')],
      ['abc', never, id('abc')],
      ['1234', never, id('1234')],
      ['7 abc', never, never],
      ['', never, never],
      [' ', never, never],
    ],
    (text, quirks) => parseUniqueIdListing(text, quirks, 3),
  );
});

// Where each space were tried anew, this would take minutes.
test('a unique-id with many spaces in it is read in one go', () => {
  const uniqueId = `a${' '.repeat(500_000)}b`;
  assert.deepEqual(parseUniqueIdListing(`1 ${uniqueId}  `, defaultQuirks), { messageNumber: 1, uniqueId });
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('globalThis.gc');
const uncollectable =
  typeof collectGarbage !== 'function' && 'nobody can tell this engine to collect garbage';

test('a unique-id does not keep the line alive that it was on', { skip: uncollectable }, () => {
  const heapUsed = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  const listings = Array.from({ length: 1000 }, (_, index) => {
    const line = Buffer.alloc(8000, ' ');
    line.write(`1 a-unique-id-of-usual-length-${index}`);
    return parseUniqueIdListing(line.toString('latin1'), strictQuirks);
  });
  const held = heapUsed() - before;
  assert.equal(listings[999]?.uniqueId, 'a-unique-id-of-usual-length-999');
  assert.ok(held < 1_000_000, `${held} octets are in use`);
});
