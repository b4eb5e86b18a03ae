/**
 * Collects mail from POP3 servers: every message is delivered exactly once, whatever crashes.
 *
 * @module @postrider/collector
 */
export * from './collect/index.ts';
export * from './destination/index.ts';
export * from './failure/index.ts';
export * from './ledger/index.ts';
export * from './plan/index.ts';
