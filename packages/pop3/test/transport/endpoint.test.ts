import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEndpoint } from '../../src/transport/index.ts';

test('an endpoint is written as host:port, an IPv6 address in brackets', () => {
  assert.equal(formatEndpoint({ host: 'mail.example', port: 995 }), 'mail.example:995');
  assert.equal(formatEndpoint({ host: '127.0.0.1', port: 110 }), '127.0.0.1:110');
  assert.equal(formatEndpoint({ host: '::1', port: 110 }), '[::1]:110');
});
