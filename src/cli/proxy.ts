import process from 'node:process';

/**
 * Lets `fetch` of this process go through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), as
 * every other tool does. A library leaves that to its host and to `NODE_USE_ENV_PROXY`; a program of its own need not.
 */
export async function useEnvironmentProxy(
  warn: (message: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
  if (names.every((name) => !environment[name]) || environment['NODE_USE_ENV_PROXY'] !== undefined) return;
  const { setGlobalProxyFromEnv } = await import('node:http');
  try {
    setGlobalProxyFromEnv(environment);
  } catch {
    // Most commands need no network: no reason to end them. The address itself may hold a password.
    warn('the proxy that HTTPS_PROXY or HTTP_PROXY names is no address and is not used');
    return;
  }
  environment['NODE_USE_ENV_PROXY'] = '1'; // Hints need not ask for it then.
}
