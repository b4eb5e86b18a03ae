import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nearest } from '../../src/config/nearest.ts';

suite('what was probably meant', () => {
  const words = ['host', 'user', 'port', 'password-command', 'security'];
  const rows: readonly (readonly [word: string, meant: string | undefined])[] = [
    ['prot', 'port'],
    ['hosts', 'host'],
    ['passwordcommand', 'password-command'],
    ['password_command', 'password-command'],
    ['securty', 'security'],
    ['colour', undefined],
  ];
  for (const [word, meant] of rows) test(word, () => assert.equal(nearest(word, words), meant));
});
