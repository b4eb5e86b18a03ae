/** What a page answered at the end of a walk through redirects and forms. */
export interface Arrived {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/**
 * Opens an address the way that a browser with a person would: keeps cookies, follows redirects, also to other hosts, and submits the forms that
 * it meets as they are.
 *
 * @param stopBefore Where not to go: the walk ends there, and that address is given.
 */
export async function walk(start: string, stopBefore?: (url: URL) => boolean): Promise<Arrived> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(start);
  let url = new URL(start);
  let body: URLSearchParams | undefined;
  for (let steps = 0; steps < 20; steps++) {
    if (stopBefore?.(url) === true) return { url: url.href, status: 0, text: '' };
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: url.origin === origin ? { cookie } : {},
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    const next = response.headers.get('location');
    const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1];
    if (next === null && action === undefined) return { url: url.href, status: response.status, text };
    body = next === null ? hiddenFields(text) : undefined;
    url = new URL(next ?? action ?? '', url);
  }
  throw new Error(`the walk from ${start} has no end`);
}

function hiddenFields(html: string): URLSearchParams {
  const fields = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return new URLSearchParams([...fields].map(([, name = '', value = '']): [string, string] => [name, value]));
}
