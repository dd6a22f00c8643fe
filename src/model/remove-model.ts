import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { resolveCacheFolder } from '../kernel/cache-folder.ts';
import { systemErrorCode } from '../kernel/errors.ts';
import { silentLogger } from '../kernel/logger.ts';
import { listCompiled, removeCompiled } from './compiled-cache.ts';
import { embeddedFolder, findByPath, findOnMachine } from './find-on-machine.ts';
import { HubRepository } from './hub/hub-cache.ts';
import { parseHubReference } from './hub/hub-reference.ts';
import { hubCacheRoot } from './hub/hub-settings.ts';
import { writing } from './hub/write-failed.ts';
import type { ListModelsOptions } from './list-models.ts';
import { ModelError } from './model-error.ts';

/** What was removed of a model. */
export interface RemovedModel {
  readonly id: string;
  /** Snapshots, blobs and compiled forms that are gone. */
  readonly removed: readonly {
    readonly kind: 'repository' | 'snapshot' | 'blob' | 'compiled';
    readonly path: string;
  }[];
  readonly bytesFreed: number;
}

/**
 * Removes a model from the Hugging Face cache, with what was compiled of it: all of it, or with `@<revision>` that revision
 * and the blobs no other needs. Folders of the user and the embedded model are never touched.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND`, or `MODEL_NOT_REMOVABLE` for what is not in the cache; {@link HubError}
 * `HUB_WRITE_FAILED` when the cache refuses.
 */
export async function removeModel(reference: string, options: ListModelsOptions = {}): Promise<RemovedModel> {
  const { environment = process.env, logger = silentLogger } = options;
  const root = resolve(options.root ?? '.');
  const hub = parseHubReference(reference);
  const repository = hub === null ? null : new HubRepository(hubCacheRoot(environment), hub.id);
  if (
    hub === null ||
    repository === null ||
    !(await writing(repository.folder, () => isOwnFolder(repository.folder)))
  ) {
    throw await notRemovable(reference, root, options);
  }
  const anyRevision = !reference.includes('@');
  const removal = new Removal();
  if (anyRevision) await removal.repository(repository);
  else await removal.revision(repository, hub.revision);
  for (const form of await listCompiled(resolveCacheFolder(options.cacheDir, environment))) {
    if (!removal.removed.some(({ path }) => form.source === path || form.source.startsWith(path + sep))) continue;
    await removeCompiled(form);
    removal.note('compiled', form.folder, form.bytes);
  }
  for (const { kind, path } of removal.removed) logger.info(`removed the ${kind} ${path}`);
  return { id: hub.id, removed: removal.removed, bytesFreed: removal.bytesFreed };
}

class Removal {
  readonly #removed: { kind: RemovedModel['removed'][number]['kind']; path: string }[] = [];
  #bytesFreed = 0;

  get removed(): RemovedModel['removed'] {
    return this.#removed;
  }

  get bytesFreed(): number {
    return this.#bytesFreed;
  }

  note(kind: RemovedModel['removed'][number]['kind'], path: string, bytes: number): void {
    this.#removed.push({ kind, path });
    this.#bytesFreed += bytes;
  }

  async repository({ folder }: HubRepository): Promise<void> {
    await this.#remove('repository', folder);
    await rm(join(dirname(folder), '.locks', basename(folder)), { recursive: true, force: true });
  }

  /** One commit, the names that mean it, and the blobs that no other snapshot links to. */
  async revision(repository: HubRepository, revision: string): Promise<void> {
    const commit = await repository.commitOf(revision);
    if (commit === null || !(await isOwnFolder(repository.snapshot(commit)))) {
      throw new ModelError(`${repository.id} is in the Hugging Face cache, but not its revision ${revision}`, {
        code: 'MODEL_NOT_FOUND',
        hint: 'Run "codegraphai model list" to see the revisions that are there.',
        details: { reference: `${repository.id}@${revision}`, searched: [repository.folder] },
      });
    }
    const mine = await repository.blobsOf(commit);
    await this.#remove('snapshot', repository.snapshot(commit));
    for (const ref of await repository.refs()) if (ref.commit === commit) await rm(ref.path, { force: true });
    await rm(join(repository.folder, '.no_exist', commit), { recursive: true, force: true });
    await rm(join(repository.folder, 'trees', `${commit}.json`), { force: true });
    const needed = new Set<string>();
    for (const other of await repository.commits())
      for (const blob of await repository.blobsOf(other)) needed.add(blob);
    for (const blob of mine) if (!needed.has(blob)) await this.#remove('blob', blob);
  }

  /** Renamed first: nobody finds half of it. */
  async #remove(kind: 'repository' | 'snapshot' | 'blob', path: string): Promise<void> {
    const bytes = await bytesIn(path);
    await writing(path, async () => {
      const doomed = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.removed`);
      await rename(path, doomed);
      await rm(doomed, { recursive: true, force: true });
    });
    this.note(kind, path, bytes);
  }
}

/** Bytes that go away with a file or folder: links and second names of files take none. */
async function bytesIn(path: string): Promise<number> {
  const own = await lstat(path);
  if (own.isFile()) return own.nlink === 1 ? own.size : 0;
  if (!own.isDirectory()) return 0;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await bytesIn(join(path, name));
  return bytes;
}

/** A folder, and not a link to one that may be anywhere. */
async function isOwnFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '')) throw cause;
    return false; // Nothing there that could be removed.
  }
}

async function notRemovable(reference: string, root: string, options: ListModelsOptions): Promise<ModelError> {
  const hub = parseHubReference(reference);
  const environment = options.environment ?? process.env;
  const elsewhere =
    hub === null ? [] : (await findOnMachine({ ...hub, anyRevision: true }, { root, environment })).found;
  const found = elsewhere[0] ?? (await findByPath(reference, root));
  if (found === null) {
    return new ModelError(`model ${reference} is not in the Hugging Face cache`, {
      code: 'MODEL_NOT_FOUND',
      hint: 'Run "codegraphai model list" to see what is there.',
      details: { reference, searched: [hubCacheRoot(environment)] },
    });
  }
  const isEmbedded = found.folder === embeddedFolder();
  return new ModelError(
    `${reference} is ${isEmbedded ? 'part of this package' : `a folder of yours: ${found.folder}`}`,
    {
      code: 'MODEL_NOT_REMOVABLE',
      hint: isEmbedded
        ? 'Leave it: it serves where no other model does.'
        : 'Delete the folder yourself if you mean it: only what lies in the Hugging Face cache is removed here.',
      details: { reference, folder: found.folder },
    },
  );
}
