import { HubError } from './hub-error.ts';

/**
 * Where a redirect leads, and whether it may be followed: to http and https addresses, and never from an encrypted one to one
 * that is not.
 *
 * @param from - The address that was asked.
 * @param location - Its `Location` header, which may be relative (RFC 9110 §10.2.2); null where there is none.
 * @throws {@link HubError} `HUB_PROTOCOL`.
 */
export function redirectTarget(from: URL, location: string | null): URL {
  const to = location === null ? null : URL.parse(location, from.href);
  if (to === null || !/^https?:$/.test(to.protocol) || to.username !== '' || to.password !== '') {
    throw redirectError(from, 'redirects to no http address');
  }
  if (from.protocol === 'https:' && to.protocol !== 'https:') {
    throw redirectError(from, `redirects to the unencrypted ${publicUrl(to)}`);
  }
  return to;
}

/** The error for a redirect that is not followed. */
export function redirectError(url: URL, what: string): HubError {
  return new HubError(`${publicUrl(url)} ${what}`, {
    code: 'HUB_PROTOCOL',
    hint: 'Check HF_ENDPOINT and the proxy: a Hugging Face hub does not do that.',
    details: { url: publicUrl(url) },
  });
}

/** An address for messages and logs: a query may be a signature. */
export function publicUrl(url: URL): string {
  return url.origin + url.pathname;
}
