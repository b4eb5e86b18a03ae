export { CollectorError, type CollectorErrorOptions, isCollectorError } from './collector-error.ts';
export { type Explanation, explainSystemError, isLackOfRoom, systemErrorCode } from './system-error.ts';
