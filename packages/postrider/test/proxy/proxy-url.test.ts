import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FlagError } from '../../src/flag/flag.ts';
import { parseProxy } from '../../src/proxy/proxy-url.ts';

suite('the URL of a proxy', () => {
  const rows: readonly (readonly [url: string, host: string, port: number])[] = [
    ['http://proxy', 'proxy', 8080],
    ['http://proxy:80', 'proxy', 80],
    ['HTTP://proxy:80/', 'proxy', 80],
    ['http://me:80@proxy', 'proxy', 8080],
    ['http://proxy:3128', 'proxy', 3128],
    ['http://[::1]:80', '::1', 80],
    ['socks5://proxy', 'proxy', 1080],
    ['socks5://proxy:80', 'proxy', 80],
    ['socks5h://[::1]:9050', '::1', 9050],
  ];
  for (const [url, host, port] of rows) {
    test(url, () => {
      const proxy = parseProxy(url);
      assert.deepEqual({ host: proxy.host, port: proxy.port }, { host, port });
    });
  }

  test('escapes in user and password are taken away', () => {
    const { user, password } = parseProxy('socks5://me%40work:100%25@proxy');
    assert.equal(user, 'me@work');
    assert.equal(password?.reveal(), '100%');
  });

  for (const url of ['socks5://me:100%@proxy', 'http://100%zz:secret@proxy']) {
    test(`${url}: a % that begins no escape is named, and nothing is quoted`, () => {
      assert.throws(
        () => parseProxy(url),
        (error) =>
          error instanceof FlagError && /%25/.test(error.message) && !/100|secret/.test(error.message),
      );
    });
  }
});
