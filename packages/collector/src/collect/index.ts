export { collect } from './collect.ts';
export { type AccountJob, type AccountOutcome, type CollectAllOptions, collectAll } from './collect-all.ts';
export type { CollectEvent, CollectListener } from './event.ts';
export { messageId } from './message-id.ts';
export type { CollectOptions, CollectResult, FailedMessage, SkippedMessage } from './options.ts';
export { StrayAnswerError } from './stray-answer.ts';
