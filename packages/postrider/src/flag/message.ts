import { listFlag, switchFlag, textFlag } from './flag.ts';

export const headersFlag = switchFlag({
  name: 'headers',
  description: 'Show the header: date, sender, subject',
});

export const rawFlag = switchFlag({ name: 'raw', description: "Write the message's exact octets" });

export const saveFlag = textFlag({
  name: 'save-attachments',
  description: 'Write the attachments into this folder, over no file that exists',
  value: { name: 'DIR', complete: 'directory' },
});

export const uniqueIdFlag = listFlag({
  name: 'unique-id',
  description: 'Delete the message with this unique-id, whatever its number is now',
  value: { name: 'ID' },
});

export const yesFlag = switchFlag({ name: 'yes', short: 'y', description: 'Do not ask' });
