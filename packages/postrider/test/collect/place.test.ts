import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { type MaildropScene, makeMaildropScene, message, readMaildir } from '../support/scene.ts';
import { type Ended, startPostrider } from '../support/start.ts';

let scene: MaildropScene;
beforeEach(async () => {
  scene = await makeMaildropScene([message(1)]);
});
afterEach(() => scene.close());

/** Collects from a folder that is removed once the program runs there. */
async function collectFromNowhere(to: string): Promise<Ended> {
  const nowhere = join(scene.folder, 'nowhere');
  mkdirSync(nowhere);
  return startPostrider(['collect', ...scene.words, '--to', to], scene.env, nowhere).ended;
}

suite('a place that collect runs in', { skip: process.platform === 'win32' }, () => {
  test('that was removed matters to those only who name paths from it', async () => {
    const mail = join(scene.folder, 'Mail');
    const absolute = await collectFromNowhere(`maildir:${mail}`);
    assert.equal(absolute.code, 0, absolute.stderr);
    assert.deepEqual(readMaildir(mail), [message(1)]);
    const relative = await collectFromNowhere('maildir:Mail');
    assert.match(
      relative.stderr,
      /^postrider: the working folder does not exist any more\nhint: .*absolute paths/m,
    );
    assert.equal(relative.code, 74);
  });

  test('without a folder for temporary files: 74, and TMPDIR is named', async () => {
    const words = ['collect', ...scene.words, '--to', `maildir:${scene.folder}/Mail`, '--dry-run'];
    const { code, stderr } = await startPostrider(words, { ...scene.env, TMPDIR: '/nonexistent' }).ended;
    assert.match(
      stderr,
      /the folder for temporary files, \/nonexistent, cannot be used: ENOENT.*\nhint: .*TMPDIR/,
    );
    assert.equal(code, 74);
  });
});
