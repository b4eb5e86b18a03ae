import type { JsonKey, JsonOutput } from '../json.ts';

const perMessage: readonly JsonKey[] = [
  ['type', 'which line it is'],
  ['account', 'the name of the account, or USER@HOST'],
  ['messageNumber', 'its number in this session'],
  ['uniqueId', 'its unique-id; null: the server has none'],
  ['octets', 'its size; null: not known'],
];

const perAccount: readonly JsonKey[] = perMessage.slice(0, 2);

/** What `postrider collect --json` prints. */
export const collectJson: JsonOutput = {
  form: 'lines',
  shapes: [
    {
      when: 'type "planned": a session begins',
      keys: [
        ...perAccount,
        ['messages', 'how many are on the server'],
        ['retrieve', 'how many are to be fetched'],
        ['octets', 'how large those are, as announced'],
        ['known', 'how many are here already'],
        ['delete', 'how many are to be deleted'],
      ],
    },
    {
      when: 'type "delivered": a message is at every destination, for good',
      keys: [...perMessage, ['repeated', 'some destination had it already']],
    },
    {
      when: 'type "incomplete": only a destination lacks a message that is left out now',
      keys: perMessage,
    },
    {
      when: 'type "failed": a message was not delivered',
      keys: [...perMessage, ['reason', 'why'], ['setAside', 'it is not tried again before ledger retry']],
    },
    {
      when: 'type "skipped": a message stays on the server',
      keys: [...perMessage, ['reason', 'too-large, octets-unknown, over-limit, unidentified or noted']],
    },
    { when: 'type "deleted": the server confirmed it', keys: [...perAccount, ['messages', 'how many']] },
    {
      when: 'type "deletion-unconfirmed": the next run asks again',
      keys: [...perAccount, ['messages', 'how many'], ['reason', 'why']],
    },
    {
      when: 'type "note": what is odd about the server, or was decided',
      keys: [
        ...perAccount,
        ['severity', 'note or warning'],
        ['code', 'which kind it is'],
        ['message', 'the same in words'],
        ['messageNumbers[]', 'which messages it is about'],
      ],
    },
    {
      when: 'type "retry": a session broke, and another one begins',
      keys: [...perAccount, ['delay', 'after so many milliseconds'], ['error', 'why']],
    },
    {
      when: 'type "destination-failed": it gets nothing more in this run',
      keys: [...perAccount, ['destination', 'its name in the ledger, with the whole path'], ['error', 'why']],
    },
    {
      when: 'type "summary": the last line of an account',
      keys: [
        ...perAccount,
        ['result', 'done, partial, failed or interrupted'],
        ['retrieved', 'how many were fetched and delivered'],
        ['octets', 'how large those were'],
        ['known', 'how many were here already'],
        ['deleted', 'how many the server deleted'],
        ['undeleted', 'how many it refused to delete'],
        ['failed', 'how many were not delivered'],
        ['skipped', 'how many stay on the server'],
        ['incomplete', 'how many some destination lacks that could not be delivered to'],
        ['error', 'why the account failed; null: it did not'],
        ['exitCode', 'what the exit code would be for this account alone'],
      ],
    },
  ],
};
