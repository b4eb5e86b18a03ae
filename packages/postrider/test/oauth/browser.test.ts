import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { findBrowser } from '../../src/oauth/browser.ts';
import { makeBrowser } from '../support/browser.ts';
import { type Listening, listen } from '../support/listen.ts';

const onLinux =
  process.platform === 'linux' ? {} : { skip: 'only on Linux can it be told what the desktop is' };

suite('the browser', () => {
  let folder: string;
  let program: string;
  let server: Server;
  let listening: Listening;
  let address: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-browser-'));
    program = makeBrowser(folder);
    server = createServer((_, response) => response.end('a page'));
    listening = await listen(server);
    address = `http://127.0.0.1:${listening.port}/authorize?scope=a%20b&state=$(id)&x=1`;
  });
  after(async () => {
    await listening.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The path and query of the page that is asked for next. */
  async function visited(): Promise<string> {
    const [request] = await once(server, 'request');
    return request.url;
  }

  test('that is named is opened with the address, which no shell sees', async () => {
    const visit = visited();
    await findBrowser(program, {})?.(address);
    assert.equal(await visit, '/authorize?scope=a%20b&state=$(id)&x=1');
  });

  test('of BROWSER is opened, and the named one comes before it', async () => {
    const visit = visited();
    await findBrowser(undefined, { BROWSER: program })?.(address);
    await visit;
    assert.equal(findBrowser('none', { BROWSER: program, DISPLAY: ':0' }), undefined);
  });

  test('that is not there is an error', async () => {
    await assert.rejects(async () => findBrowser('/no/such/browser', {})?.(address), { code: 'ENOENT' });
  });

  test('is there where a desktop is', onLinux, () => {
    assert.equal(findBrowser(undefined, {}), undefined);
    assert.equal(findBrowser(undefined, { BROWSER: 'none', DISPLAY: ':0' }), undefined);
    for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME']) {
      assert.equal(typeof findBrowser(undefined, { [name]: ':0' }), 'function', name);
      assert.equal(findBrowser(undefined, { [name]: '' }), undefined, name);
    }
  });

  test('of the desktop is opened', onLinux, async () => {
    // What Debian calls whatever browser there is.
    renameSync(program, join(folder, 'x-www-browser'));
    const module = new URL('../../src/oauth/browser.ts', import.meta.url).href;
    const source = `const { findBrowser } = await import('${module}');
      await findBrowser(undefined, process.env)(process.argv[1]);`;
    const visit = visited();
    const options = [
      '--conditions=@postrider/source',
      '--input-type=module',
      '--eval',
      source,
      '--',
      address,
    ];
    const child = spawn(process.execPath, options, {
      env: { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0', HOME: folder },
      stdio: 'ignore',
    });
    assert.match(await visit, /^\/authorize\?scope=a%20b&/);
    if (child.exitCode === null) await once(child, 'exit');
  });
});
