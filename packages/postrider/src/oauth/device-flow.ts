import type { TokenEndpointResponse } from 'openid-client';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { type FlowOptions, nobodySignedIn } from './browser-flow.ts';
import type { OAuthClient } from './client.ts';
import { scopeParameter } from './grant.ts';

/** Device authorization (RFC 8628): the person signs in on any other device, with a code. */
export async function signInByDevice(
  { output, io }: Context,
  { library, configuration, server }: OAuthClient,
  { settings, scopes, milliseconds }: FlowOptions,
): Promise<TokenEndpointResponse> {
  const { name, profile } = settings;
  if (server.device_authorization_endpoint === undefined) {
    throw new ProgramError(
      profile?.noDeviceCode ?? `${name} has no sign-in by device code`,
      exitCode.configuration,
      'Leave out --flow device and open the address in a browser: postrider help oauth tells how from another machine.',
    );
  }
  const device = await library.initiateDeviceAuthorization(configuration, scopeParameter(scopes));
  const { verification_uri: place, verification_uri_complete: complete, user_code: code } = device;
  output.instruct(`On any device, open ${place} and enter the code\n\n  ${code}\n`);
  if (complete !== undefined) output.note(`Or open this, which holds the code already: ${complete}`);
  const wait = Math.ceil(Math.min(milliseconds, device.expires_in * 1000));
  const timeout = AbortSignal.timeout(wait);
  try {
    return await library.pollDeviceAuthorizationGrant(configuration, device, undefined, {
      signal: AbortSignal.any([timeout, io.signal]),
    });
  } catch (error) {
    io.signal.throwIfAborted();
    throw timeout.aborted ? nobodySignedIn(wait) : error;
  }
}
