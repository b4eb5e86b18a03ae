export { CollectorError, type CollectorErrorOptions, isCollectorError } from './collector-error.ts';
