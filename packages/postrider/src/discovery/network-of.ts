import { proxyHook } from '../connection/proxy-hook.ts';
import type { Context } from '../context.ts';
import { type DiscoveryNetwork, discoveryNetwork } from './network.ts';

/** The network that a command looks for servers in: through its proxy, where it has one. */
export async function networkOf({ invocation, io }: Context): Promise<DiscoveryNetwork> {
  return io.discovery ?? discoveryNetwork({ connect: await proxyHook(invocation, {}) });
}
