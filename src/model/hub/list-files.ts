import { assertSafePath } from './safe-path.ts';
import type { HubClient } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import { COMMIT, type HubReference } from './hub-reference.ts';

/** A file of a repository, with what it must turn out to be. */
export interface HubFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Digest of its content and name of its blob: sha256 for large files (LFS), git's sha1 for others. */
  readonly digest: string;
  readonly algorithm: 'sha256' | 'git-sha1';
}

/** All files of a repository at a commit. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** A hostile or very odd hub cannot fill the memory (CWE-770). */
const MAX_INFO_BYTES = 16 * 1024 * 1024;
const MAX_LISTING_BYTES = 16 * 1024 * 1024;
/** Files and folders. */
const MAX_ENTRIES = 20_000;

/**
 * Lists a repository.
 *
 * @throws {@link HubError} as {@link HubClient.getJson}; `HUB_UNSAFE_PATH`, `HUB_TOO_LARGE`, `HUB_PROTOCOL`.
 */
export async function listFiles(client: HubClient, { id, revision }: HubReference): Promise<HubListing> {
  const commit = COMMIT.test(revision) ? revision : await resolveCommit(client, id, revision);
  const files: HubFile[] = [];
  let entries = 0;
  let next: string | null = `/api/models/${id}/tree/${commit}?recursive=true`;
  while (next !== null) {
    const { value, headers } = await client.getJson(next, MAX_LISTING_BYTES);
    if (!Array.isArray(value)) throw notAHub(next);
    entries += value.length;
    if (entries > MAX_ENTRIES) throw tooManyFiles(id);
    for (const entry of value) {
      const file = readEntry(entry, next);
      if (file !== null) files.push(file);
    }
    const following = nextPage(headers.get('link'), client.settings.endpoint);
    // A page without files, or one that names itself, would go on for ever.
    next = value.length === 0 || following === next ? null : following;
  }
  return { commit, files };
}

async function resolveCommit(client: HubClient, id: string, revision: string): Promise<string> {
  const path = `/api/models/${id}/revision/${encodeURIComponent(revision)}`;
  const { value } = await client.getJson(path, MAX_INFO_BYTES);
  const commit = fieldsOf(value).get('sha');
  if (typeof commit !== 'string' || !COMMIT.test(commit)) throw notAHub(path);
  return commit;
}

/** A file, or null for a folder. */
function readEntry(entry: unknown, source: string): HubFile | null {
  const fields = fieldsOf(entry);
  const path = fields.get('path');
  if (typeof path !== 'string') throw notAHub(source);
  assertSafePath(path);
  if (fields.get('type') !== 'file') return null;
  const lfs = fieldsOf(fields.get('lfs'));
  const isLarge = lfs.size > 0;
  const digest = (isLarge ? lfs : fields).get('oid');
  const size = (isLarge ? lfs : fields).get('size');
  const pattern = isLarge ? /^[0-9a-f]{64}$/ : COMMIT;
  if (typeof digest !== 'string' || !pattern.test(digest) || !isSize(size)) throw notAHub(source);
  return { path, size, digest, algorithm: isLarge ? 'sha256' : 'git-sha1' };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** Address of the next page (RFC 8288), null on the last; only of the hub's own origin. */
function nextPage(header: string | null, endpoint: string): string | null {
  const address = /<([^>]+)>;\s*rel="?next"?/.exec(header ?? '')?.[1];
  if (address === undefined) return null;
  const url = URL.parse(address, endpoint);
  if (url === null || url.origin !== new URL(endpoint).origin) throw notAHub(address);
  return url.href;
}

function notAHub(path: string): HubError {
  return new HubError(`the answer for ${path} is not what a hub says`, {
    code: 'HUB_PROTOCOL',
    hint: 'Check HF_ENDPOINT: it should be the address of a Hugging Face hub or a mirror of it.',
    details: { url: path },
  });
}

function tooManyFiles(id: string): HubError {
  return new HubError(`${id} has more than ${MAX_ENTRIES} files and folders`, {
    code: 'HUB_TOO_LARGE',
    hint: 'Name another model: no model needs that many files.',
    details: { url: id, maxBytes: MAX_LISTING_BYTES },
  });
}
