export * from './collect/index.ts';
export * from './destination/index.ts';
export * from './failure/index.ts';
export * from './ledger/index.ts';
export * from './plan/index.ts';
