import { readFile, statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { isShardIndexPath } from '../../checkpoint/shard-index-path.ts';
import { shardPaths } from '../../checkpoint/shard-index.ts';
import type { AbortableOptions } from '../../kernel/abort.ts';
import type { Logger } from '../../kernel/logger.ts';
import { isWholeBlob } from './blob-hash.ts';
import { downloadBlob } from './download-blob.ts';
import { DownloadMeter } from './download-meter.ts';
import type { DownloadProgress } from './download-progress.ts';
import { HubRepository } from './hub-cache.ts';
import { assertSafePath } from './safe-path.ts';
import { HubClient, type RetryDelay } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import { parseHubReference, type HubReference } from './hub-reference.ts';
import { hubSettings, readToken, type Environment } from './hub-settings.ts';
import { listFiles, type HubFile } from './list-files.ts';
import { keptBytes, removeParts } from './partial-file.ts';
import { writing } from './write-failed.ts';
import { preferredWeights, selectFiles, type RepositoryOutline } from './select-files.ts';

export interface PullModelOptions extends AbortableOptions {
  /** The variables of huggingface_hub. @defaultValue `process.env` */
  readonly environment?: Environment | undefined;
  /** Forbids the network, as `HF_HUB_OFFLINE` does. @defaultValue false */
  readonly offline?: boolean | undefined;
  readonly logger?: Logger | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Waiting time before an attempt is repeated. @defaultValue what the server asks for, else a third of a second, doubled each time */
  readonly retryDelay?: RetryDelay | undefined;
}

/** A model that is whole in the cache. */
export interface PulledModel {
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
  /** The snapshot, a model folder. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that came over the network now: 0 when everything was here and whole. */
  readonly bytesDownloaded: number;
}

/**
 * Downloads a model into the Hugging Face cache, where Python's library finds it too: only the files that are needed, each
 * checked against the digest the hub names. What is here already is checked and kept; what an earlier run began is continued.
 *
 * @param reference - `<org>/<name>`, with `@<revision>` for another branch, tag or commit than main.
 * @throws {@link HubError} by what went wrong; CheckpointError for the index of a sharded checkpoint that is none; the
 * signal's reason when aborted.
 */
export async function pullModel(reference: string, options: PullModelOptions = {}): Promise<PulledModel> {
  const { environment = process.env, offline = false, logger, signal, retryDelay } = options;
  const parsed = parseHubReference(reference);
  if (parsed === null) throw notAnId(reference);
  const settings = hubSettings(environment);
  if (offline || settings.offline) throw networkForbidden(reference);
  const token = await readToken(environment);
  const client = new HubClient({ settings, token, logger, signal, retryDelay });
  return new ModelPull(client, parsed, options.onProgress).run();
}

class ModelPull {
  readonly #client: HubClient;
  readonly #reference: HubReference;
  readonly #onProgress: ((progress: DownloadProgress) => void) | undefined;
  readonly #repository: HubRepository;
  readonly #whole = new Set<HubFile>();
  #commit = '';
  #bytesDownloaded = 0;

  constructor(
    client: HubClient,
    reference: HubReference,
    onProgress: ((progress: DownloadProgress) => void) | undefined,
  ) {
    this.#client = client;
    this.#reference = reference;
    this.#onProgress = onProgress;
    this.#repository = new HubRepository(client.settings.cacheFolder, reference.id);
  }

  async run(): Promise<PulledModel> {
    const { id, revision } = this.#reference;
    const { commit, files } = await listFiles(this.#client, this.#reference);
    this.#commit = commit;
    // Before anything is written: what can be told from the names alone.
    selectFiles(id, files, { moduleFolders: [], shards: [] });
    await this.#repository.create();
    const selected = selectFiles(id, files, await this.#outline(files));
    await this.#fetchAll(selected);
    await this.#repository.writeRef(revision, commit);
    const bytes = selected.reduce((sum, { size }) => sum + size, 0);
    const folder = this.#repository.snapshot(commit);
    this.#client.logger.info(`${id} is in ${folder}`, { commit, bytes, bytesDownloaded: this.#bytesDownloaded });
    return { id, revision, commit, folder, files: selected.length, bytes, bytesDownloaded: this.#bytesDownloaded };
  }

  /** Fetches the small files that name others. */
  async #outline(files: readonly HubFile[]): Promise<RepositoryOutline> {
    const modules = files.find(({ path }) => path === 'modules.json');
    const weights = preferredWeights(files);
    const index = weights !== undefined && isShardIndexPath(weights.path) ? weights : undefined;
    const outlines = [modules, index].filter((file) => file !== undefined);
    const quiet = new DownloadMeter(this.#reference.id, outlines, 0, undefined);
    for (const file of outlines) await this.#fetch(file, quiet);
    return {
      moduleFolders: modules === undefined ? ['1_Pooling'] : await moduleFolders(this.#pathOf(modules)),
      shards: index === undefined ? [] : (await shardPaths(this.#pathOf(index))).map((path) => basename(path)),
    };
  }

  async #fetchAll(files: readonly HubFile[]): Promise<void> {
    const kept = await this.#bytesHere(files);
    const total = files.reduce((sum, { size }) => sum + size, 0);
    await assertRoom(this.#repository.folder, total - kept);
    const meter = new DownloadMeter(this.#reference.id, files, kept, this.#onProgress);
    try {
      for (const file of files) await this.#fetch(file, meter);
    } catch (thrown) {
      throw tellKept(thrown, await this.#bytesHere(files), total);
    }
  }

  /** Bytes of the files that need not be downloaded. */
  async #bytesHere(files: readonly HubFile[]): Promise<number> {
    let bytes = 0;
    for (const file of files) {
      this.#client.signal?.throwIfAborted();
      bytes += (await this.#isHere(file)) ? file.size : Math.min(file.size, await keptBytes(this.#blobOf(file)));
    }
    return bytes;
  }

  async #fetch(file: HubFile, meter: DownloadMeter): Promise<void> {
    const blob = this.#blobOf(file);
    if (!(await this.#isHere(file))) {
      const path = file.path.split('/').map(encodeURIComponent).join('/');
      const address = `/${this.#reference.id}/resolve/${this.#commit}/${path}`;
      const job = { file, address, blob, onBytes: meter.of(file) };
      this.#bytesDownloaded += await downloadBlob(this.#client, job);
      await removeParts(blob);
      this.#whole.add(file);
    }
    await this.#repository.linkFile(this.#commit, file, this.#client.settings.symlinks);
    meter.finish(file);
  }

  /** Whether the content is here and right: as a blob or, from a Python without links, in the snapshot alone. */
  async #isHere(file: HubFile): Promise<boolean> {
    if (this.#whole.has(file)) return true;
    const here = (await isWholeBlob(this.#blobOf(file), file)) || (await isWholeBlob(this.#pathOf(file), file));
    if (here) this.#whole.add(file);
    return here;
  }

  #blobOf({ digest }: HubFile): string {
    return this.#repository.blob(digest);
  }

  #pathOf({ path }: HubFile): string {
    return this.#repository.snapshotFile(this.#commit, path);
  }
}

/** Folders that modules.json names besides that of the network, which is the repository's own. */
async function moduleFolders(path: string): Promise<readonly string[]> {
  let modules: unknown;
  try {
    modules = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return []; // It is what the hub has: whoever opens the model says what is wrong with it.
  }
  if (!Array.isArray(modules)) return [];
  const folders = modules.flatMap((entry: unknown) => {
    const folder = typeof entry === 'object' && entry !== null && 'path' in entry ? entry.path : undefined;
    return typeof folder === 'string' && folder !== '' ? [folder.replace(/\/+$/, '')] : [];
  });
  for (const folder of folders) assertSafePath(folder);
  return folders;
}

/** Said before the first byte, not after hours. */
async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await writing(folder, () => statfs(folder));
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw new HubError(`${folder} has room for ${megabytes(free)}, and ${megabytes(bytes)} are to be downloaded`, {
    code: 'HUB_WRITE_FAILED',
    hint: 'Free some room, or set HF_HUB_CACHE to a folder on another disk.',
    details: { path: folder, reason: 'ENOSPC' },
  });
}

/** The same error, with what the next run need not do again. */
function tellKept(thrown: unknown, kept: number, total: number): unknown {
  if (!(thrown instanceof HubError) || kept === 0) return thrown;
  if (!['HUB_UNAVAILABLE', 'HUB_TIMEOUT', 'HUB_RATE_LIMITED'].includes(thrown.code)) return thrown;
  return new HubError(thrown.message, {
    code: thrown.code,
    hint: `Run the command again: ${megabytes(kept)} of ${megabytes(total)} are kept.`,
    details: { ...thrown.details, bytesKept: kept },
    cause: thrown,
  });
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}

function notAnId(reference: string): HubError {
  return new HubError(`"${reference}" is no name of a model on the hub`, {
    code: 'HUB_NOT_FOUND',
    hint: 'Write <organization>/<name>, no path and no address, with @<revision> for another branch, tag or commit than main.',
    details: { url: reference },
  });
}

function networkForbidden(id: string): HubError {
  return new HubError(`${id} cannot be downloaded: the network is forbidden`, {
    code: 'HUB_OFFLINE',
    hint: 'Leave out --offline and unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, or put the model into models/ yourself.',
    details: { id },
  });
}
