import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { HubError } from './hub-error.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the variables of huggingface_hub say. */
export interface HubSettings {
  /** Base of every address, without a slash at its end (`HF_ENDPOINT`). @defaultValue `https://huggingface.co` */
  readonly endpoint: string;
  /** Folder with `models--…` (`HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`). */
  readonly cacheFolder: string;
  /** `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`. */
  readonly offline: boolean;
  /** Whether files may be links to their blobs (`HF_HUB_DISABLE_SYMLINKS` forbids it). @defaultValue true */
  readonly symlinks: boolean;
  /** Longest wait for an answer to begin (`HF_HUB_ETAG_TIMEOUT`, in seconds there). @defaultValue 10 s */
  readonly answerTimeoutMs: number;
  /** Longest time without data (`HF_HUB_DOWNLOAD_TIMEOUT`, in seconds there). @defaultValue 10 s */
  readonly stallTimeoutMs: number;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 86_400;

/**
 * Reads the settings; unset and empty variables count the same.
 *
 * @throws {@link HubError} `HUB_PROTOCOL` when `HF_ENDPOINT` is no http address.
 */
export function hubSettings(environment: Environment): HubSettings {
  return {
    endpoint: endpointOf(environment['HF_ENDPOINT'] || DEFAULT_ENDPOINT),
    cacheFolder: hubCacheRoot(environment),
    offline: isOffline(environment),
    symlinks: !isTrue(environment['HF_HUB_DISABLE_SYMLINKS']),
    answerTimeoutMs: timeoutMs(environment['HF_HUB_ETAG_TIMEOUT']),
    stallTimeoutMs: timeoutMs(environment['HF_HUB_DOWNLOAD_TIMEOUT']),
  };
}

/** Folder of the hub's cache, absolute, where Python's library has it too. */
export function hubCacheRoot(environment: Environment): string {
  const folder =
    environment['HF_HUB_CACHE'] || environment['HUGGINGFACE_HUB_CACHE'] || join(hubHome(environment), 'hub');
  return resolve(expanded(folder, environment));
}

/** Whether the environment forbids the network. */
export function isOffline(environment: Environment): boolean {
  return isTrue(environment['HF_HUB_OFFLINE'] || environment['TRANSFORMERS_OFFLINE']);
}

/**
 * The user's token: `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, else the file that a login leaves; null where there is none or
 * `HF_HUB_DISABLE_IMPLICIT_TOKEN` is set.
 *
 * @throws {@link HubError} `HUB_UNAUTHORIZED` when it cannot be read or be sent in a header.
 */
export async function readToken(environment: Environment): Promise<string | null> {
  if (isTrue(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) return null;
  const named = withoutSpace(environment['HF_TOKEN'] || environment['HUGGING_FACE_HUB_TOKEN']);
  const token = named || withoutSpace(await readTokenFile(environment));
  if (token === '') return null;
  if (/^[\u0021-\u007e]+$/.test(token)) return token;
  throw new HubError('the Hugging Face token holds characters that no token has', {
    code: 'HUB_UNAUTHORIZED',
    hint: 'Set HF_TOKEN to a token from https://huggingface.co/settings/tokens, or unset it.',
  });
}

/** A token as the Python library cleans it. */
function withoutSpace(token: string | undefined): string {
  return (token ?? '').replaceAll(/[\r\n]/g, '').trim();
}

async function readTokenFile(environment: Environment): Promise<string | undefined> {
  const path = expanded(environment['HF_TOKEN_PATH'] || join(hubHome(environment), 'token'), environment);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new HubError(`the Hugging Face token in ${path} cannot be read: ${errorMessage(cause)}`, {
      code: 'HUB_UNAUTHORIZED',
      hint: 'Make the file readable, or set HF_HUB_DISABLE_IMPLICIT_TOKEN=1 to go without a token.',
      cause,
    });
  }
}

function hubHome(environment: Environment): string {
  const cacheHome = environment['XDG_CACHE_HOME'] || join(userHome(environment), '.cache');
  return expanded(environment['HF_HOME'] || join(cacheHome, 'huggingface'), environment);
}

function userHome(environment: Environment): string {
  return environment['HOME'] || homedir();
}

/** `~` and `$NAME` as the Python library replaces them. */
function expanded(path: string, environment: Environment): string {
  const home = path.replace(/^~(?=$|[/\\])/, () => userHome(environment));
  return home.replaceAll(/\$\{?(\w+)\}?/g, (text, name: string) => environment[name] ?? text);
}

function endpointOf(text: string): string {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (isHttp && [url.username, url.password, url.search, url.hash].every((part) => part === '')) {
    return text.replace(/\/+$/, '');
  }
  throw new HubError('HF_ENDPOINT is no plain http or https address', {
    code: 'HUB_PROTOCOL',
    hint: `Set HF_ENDPOINT to an address such as ${DEFAULT_ENDPOINT}, without user name and query, or unset it.`,
  });
}

function isTrue(value: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes((value ?? '').toUpperCase());
}

/** Seconds as written in a variable; what is no sensible number counts as unset. */
function timeoutMs(text: string | undefined): number {
  const seconds = Number(text || DEFAULT_TIMEOUT_SECONDS);
  const valid = Number.isFinite(seconds) && seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS;
  return 1000 * (valid ? seconds : DEFAULT_TIMEOUT_SECONDS);
}
