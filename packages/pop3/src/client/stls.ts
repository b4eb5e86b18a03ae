import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';
import { WindowOfOne } from './window.ts';

/**
 * STLS (RFC 2595 section 4): resolves when the handshake is done and the certificate verified. What the server said about
 * itself before is forgotten.
 */
export async function stls(session: Session, options?: CommandOptions): Promise<void> {
  await request(session, { keyword: 'STLS' }, () => undefined, options);
  session.capabilities = undefined;
  session.window = new WindowOfOne();
}
