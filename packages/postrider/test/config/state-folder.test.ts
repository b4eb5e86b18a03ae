import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { stateFolder } from '../../src/config/state-folder.ts';

suite('where the state is', () => {
  const rows: readonly (readonly [what: string, env: Record<string, string>, path: string])[] = [
    ['XDG', { XDG_STATE_HOME: '/s', HOME: '/h' }, '/s/postrider'],
    ['the home folder', { HOME: '/h' }, '/h/.local/state/postrider'],
    ['an empty XDG folder', { XDG_STATE_HOME: '', HOME: '/h' }, '/h/.local/state/postrider'],
    ['a relative XDG folder is invalid', { XDG_STATE_HOME: 's', HOME: '/h' }, '/h/.local/state/postrider'],
    [
      'an empty home folder: the one that the system knows',
      { HOME: '' },
      join(userInfo().homedir, '.local/state/postrider'),
    ],
    [
      'a relative home folder: the one that the system knows',
      { HOME: 'h' },
      join(userInfo().homedir, '.local/state/postrider'),
    ],
  ];
  for (const [what, env, path] of rows) test(what, () => assert.equal(stateFolder(env), path));
});
