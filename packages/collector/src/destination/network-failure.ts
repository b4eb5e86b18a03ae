const trust = 'Give its authority with ?ca=FILE.';
const place = 'Check host, port and TLS of the destination.';

const explanations: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ECONNREFUSED: ['the connection was refused', place],
  ENOTFOUND: ['the host cannot be found', 'Check the name of the host.'],
  EAI_AGAIN: ['the name of the host cannot be looked up now', 'Check the network, or try again later.'],
  EHOSTUNREACH: ['the host cannot be reached', 'Check the network.'],
  ENETUNREACH: ['the network cannot be reached', 'Check the network.'],
  ECONNRESET: ['the other side broke the connection off', place],
  EPIPE: ['the other side broke the connection off', place],
  ETIMEDOUT: ['there was no answer in time', 'Check host and port, or try again later.'],
  ETIMEOUT: ['there was no answer in time', 'Check host and port, or try again later.'],
  CONNECT_TIMEOUT: ['there was no answer in time', 'Check host and port, or try again later.'],
  GREETING_TIMEOUT: ['there was no greeting in time', place],
  UPGRADE_TIMEOUT: ['TLS was not set up in time', place],
  ENOENT: ['there is no such socket', 'Check its path, and that the server runs.'],
  EACCES: ['permission is denied', 'Check the permissions of the socket.'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS on this port', place],
  EPROTO: ['it does not speak TLS on this port', place],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is not trusted: it signed it itself', trust],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is not trusted: the authority is unknown', trust],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is not trusted: the authority is unknown', trust],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate is not trusted: the authority is unknown', trust],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Tell whoever runs it.'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'Check the clock of this machine.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another host',
    'Name the host as the certificate does.',
  ],
};

const longestGreeting = 120;

/** What kept a connection to a mail server from being made, or ended it, in words. */
export function explainNetworkFailure(error: unknown): { readonly what: string; readonly hint: string } {
  for (const name of ['originalCode', 'code']) {
    const code = String(property(error, name));
    const [what, hint] = Object.hasOwn(explanations, code) ? (explanations[code] ?? []) : [];
    if (what !== undefined && hint !== undefined) return { what, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  const response = property(error, 'response');
  // The library repeats the server's words.
  if (/^Invalid greeting/.test(message) && typeof response === 'string')
    return { what: `it greeted with: ${response.slice(0, longestGreeting)}`, hint: place };
  return { what: message.trim(), hint: place };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
