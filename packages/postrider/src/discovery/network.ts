import { Resolver } from 'node:dns/promises';
import { type Agent, get } from 'node:https';
import type { ConnectHook } from '@postrider/pop3';
import { fetchThrough } from '../oauth/fetch-through.ts';

/** One answer to a question for SRV records (RFC 2782). */
export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** The network, as discovery needs it. Both reject with an error whose message says why there is no answer. */
export interface DiscoveryNetwork {
  /** Empty: the name has no such records. */
  resolveSrv(name: string): Promise<readonly ServiceRecord[]>;
  /** The text of a document, over https with a verified certificate; undefined: there is none. */
  fetchText(url: string): Promise<string | undefined>;
}

/** Where questions go: by default to what the system uses. */
export interface NetworkOptions {
  readonly dnsServers?: readonly string[] | undefined;
  readonly agent?: Agent | undefined;
  /** What connects through a proxy: nothing goes past it then, and DNS, which no proxy asks, is left alone. */
  readonly connect?: ConnectHook | undefined;
  /** The longest wait for one answer. */
  readonly milliseconds?: number | undefined;
}

const longestDocument = 262_144;

/** The real network. Every wait has a deadline, documents have a bound, and redirects are not followed. */
export function discoveryNetwork(options: NetworkOptions = {}): DiscoveryNetwork {
  const { dnsServers, agent, connect, milliseconds = 5000 } = options;
  if (connect !== undefined) return networkThrough(connect, milliseconds);
  const resolver = new Resolver({ timeout: milliseconds / 2, tries: 2 });
  if (dnsServers !== undefined) resolver.setServers(dnsServers);
  return {
    resolveSrv: async (name) => {
      try {
        return await resolver.resolveSrv(name);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
        throw new Error(`DNS gives no answer (${code})`, { cause: error });
      }
    },
    fetchText: (url) => fetchText(url, agent, milliseconds),
  };
}

function networkThrough(connect: ConnectHook, milliseconds: number): DiscoveryNetwork {
  return {
    resolveSrv: () => Promise.reject(new Error('the proxy cannot be asked for it')),
    fetchText: async (url) => {
      const signal = AbortSignal.timeout(milliseconds);
      const request = { method: 'GET', headers: {}, body: undefined, redirect: 'manual', signal } as const;
      try {
        const response = await fetchThrough(connect)(url, request);
        return response.status === 200 ? await response.text() : undefined;
      } catch (error) {
        if (signal.aborted) throw new Error('it does not answer', { cause: error });
        throw error;
      }
    },
  };
}

function fetchText(url: string, agent: Agent | undefined, milliseconds: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(milliseconds);
    const fail = (error: Error): void => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
      if (code === 'ENOTFOUND') resolve(undefined);
      else
        reject(
          new Error(signal.aborted ? 'it does not answer' : `it cannot be had (${code})`, { cause: error }),
        );
    };
    const request = get(url, { ...(agent && { agent }), signal }, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        return resolve(undefined);
      }
      const pieces: Buffer[] = [];
      let octets = 0;
      response.on('data', (data: Buffer) => {
        octets += data.length;
        pieces.push(data);
        if (octets > longestDocument) request.destroy(new Error('it is far too long'));
      });
      response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
      response.on('error', fail);
    });
    request.on('error', fail);
  });
}
