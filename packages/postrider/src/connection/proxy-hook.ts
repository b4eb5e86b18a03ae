import type { ConnectHook } from '@postrider/pop3';
import type { Context } from '../context.ts';
import { proxyFlag } from '../flag/connection.ts';
import { parseProxy } from '../proxy/proxy-url.ts';
import type { Target } from './target.ts';

/** What connects through the proxy of a maildrop; undefined: it has none. */
export async function proxyHook(
  invocation: Context['invocation'],
  account: Target['account'],
): Promise<ConnectHook | undefined> {
  const url = invocation.get(proxyFlag) ?? account.proxy;
  if (url === undefined) return undefined;
  const { connectThroughProxy } = await import('../proxy/proxy.ts');
  const proxy = parseProxy(url);
  return (endpoint, signal) => connectThroughProxy(proxy, endpoint, signal);
}
