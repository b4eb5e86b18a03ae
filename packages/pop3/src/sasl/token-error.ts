import type { TokenError } from './mechanism.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Reads the JSON that a server sends about a token that it refuses (RFC 7628 section 3.2.2; XOAUTH2 has the same form). Undefined where
 * it is nothing of the kind. Its parts are as long as the server made them.
 */
export function parseTokenError(challenge: Uint8Array): TokenError | undefined {
  const text = decodeUtf8(challenge);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (typeof value !== 'object' || value === null || !('status' in value)) return undefined;
  const status = asText(value.status);
  if (status === undefined) return undefined;
  return {
    status,
    scope: 'scope' in value ? asText(value.scope) : undefined,
    schemes: 'schemes' in value ? asText(value.schemes) : undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}
