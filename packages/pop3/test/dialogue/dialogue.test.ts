import test from 'node:test';
import { loadDialogues, playDialogue, type Role, type Split } from '@postrider/pop3/testing';

const splits: readonly Split[] = [
  'whole',
  'octet',
  ...Array.from({ length: 20 }, (_, seed): Split => ({ seed: seed + 1 })),
];

const roles: readonly Role[] = ['client', 'server'];

for (const dialogue of await loadDialogues(new URL('.', import.meta.url))) {
  for (const role of roles) {
    if (!dialogue.roles.includes(role)) continue;
    test(`${dialogue.file} as a ${role}, however its octets are split`, () => {
      for (const split of splits) playDialogue(dialogue, { role, split });
    });
  }
}
