import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { resolveCacheFolder } from '../kernel/cache-folder.ts';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import { compiledFolder } from './cache-folder.ts';
import { listCompiled, type CompiledForm } from './compiled-cache.ts';
import { findEmbedded } from './find-on-machine.ts';
import { missingPart } from './hub/find-snapshot.ts';
import { HubRepository, namesIn } from './hub/hub-cache.ts';
import { parseHubReference } from './hub/hub-reference.ts';
import { hubCacheRoot } from './hub/hub-settings.ts';
import { modelCandidates, type ResolveModelOptions } from './resolve-model.ts';

export interface ListModelsOptions extends Pick<ResolveModelOptions, 'root' | 'environment' | 'logger'> {
  /** Root of the cache with the compiled models. @defaultValue as for `openEncoder` */
  readonly cacheDir?: string | undefined;
}

/** A model on this machine. */
export interface ListedModel {
  readonly id: string;
  readonly source: 'project' | 'hub-cache' | 'embedded';
  readonly folder: string;
  /** Commit of a snapshot in the Hugging Face cache, with the branches and tags that mean it. */
  readonly commit?: string | undefined;
  readonly revisions?: readonly string[] | undefined;
  /** Bytes of its files, without the compiled forms. */
  readonly bytes: number;
  /** What it lacks to be used; missing when it is whole. */
  readonly missing?: string | undefined;
  /** Whether the default order would choose it. */
  readonly isDefault: boolean;
  /** What was made of it in the cache of this package. */
  readonly compiled: readonly CompiledForm[];
}

/** Every model on this machine, and what was compiled. */
export interface ModelList {
  /** Project first, then the Hugging Face cache, then the embedded model. */
  readonly models: readonly ListedModel[];
  /** Compiled forms of models that lie elsewhere or are gone. */
  readonly otherCompiled: readonly CompiledForm[];
  readonly hubCacheFolder: string;
  readonly compiledFolder: string;
}

type Found = Pick<ListedModel, 'id' | 'source' | 'folder' | 'commit' | 'revisions'>;

/** Lists the models of the project, of the Hugging Face cache and of this package. */
export async function listModels(options: ListModelsOptions = {}): Promise<ModelList> {
  const { environment = process.env, logger = silentLogger } = options;
  const root = resolve(options.root ?? '.');
  const hubCacheFolder = hubCacheRoot(environment);
  const cacheFolder = resolveCacheFolder(options.cacheDir, environment);
  const compiled = await listCompiled(cacheFolder);
  const [best] = await modelCandidates(null, options);
  const embedded = await findEmbedded();
  // In the repository of this package the embedded model lies in models/ of the project.
  const inProject = await readable(logger, () => projectModels(root));
  const project = inProject.filter(({ folder }) => folder !== embedded?.folder);
  const found: readonly Found[] = [
    ...project,
    ...(await hubModels(hubCacheFolder, logger)),
    ...(embedded === null ? [] : [{ ...embedded, source: 'embedded' as const }]),
  ];
  const models: ListedModel[] = [];
  for (const { id, source, folder, commit, revisions } of found) {
    const missing = (await missingPart(folder))?.what;
    const isDefault = folder === best?.folder;
    const forms = compiled.filter((form) => form.source === folder);
    models.push({
      id,
      source,
      folder,
      commit,
      revisions,
      bytes: await folderBytes(folder),
      missing,
      isDefault,
      compiled: forms,
    });
  }
  const otherCompiled = compiled.filter((form) => found.every(({ folder }) => form.source !== folder));
  return { models, otherCompiled, hubCacheFolder, compiledFolder: compiledFolder(cacheFolder) };
}

/** `models/<name>` and `models/<org>/<name>` with a config.json. */
async function projectModels(root: string): Promise<readonly Found[]> {
  const parent = join(root, 'models');
  const found: Found[] = [];
  for (const name of (await namesIn(parent)).toSorted()) {
    for (const id of [name, ...(await namesIn(join(parent, name))).toSorted().map((inner) => `${name}/${inner}`)]) {
      const folder = join(parent, ...id.split('/'));
      if ((await namesIn(folder)).includes('config.json')) found.push({ id, source: 'project', folder });
    }
  }
  return found;
}

/** What there is in a place; one that this user may not read is told, and the others are listed. */
async function readable<Item>(logger: Logger, read: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
  try {
    return await read();
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    logger.warn(`some models cannot be listed: ${errorMessage(cause)}`);
    return [];
  }
}

/** Every snapshot in the Hugging Face cache. */
async function hubModels(cacheFolder: string, logger: Logger): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of (await readable(logger, () => namesIn(cacheFolder))).toSorted()) {
    const id = name.startsWith('models--') ? name.slice('models--'.length).replaceAll('--', '/') : '';
    if (parseHubReference(id) === null) continue;
    found.push(...(await readable(logger, () => snapshotsOf(new HubRepository(cacheFolder, id)))));
  }
  return found;
}

async function snapshotsOf(repository: HubRepository): Promise<readonly Found[]> {
  const refs = await repository.refs();
  return (await repository.commits()).map((commit) => ({
    id: repository.id,
    source: 'hub-cache',
    folder: repository.snapshot(commit),
    commit,
    revisions: refs.filter((ref) => ref.commit === commit).map(({ revision }) => revision),
  }));
}

/** Bytes of the files below a folder, each once, however many links lead to it. */
async function folderBytes(folder: string): Promise<number> {
  const sizes = new Map<string, number>();
  // One that may not be read is listed with that as what it lacks.
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  for (const entry of entries) {
    try {
      const path = await realpath(folder + sep + entry);
      const found = await stat(path);
      if (found.isFile()) sizes.set(path, found.size);
    } catch {
      continue; // A link to nothing, as an interrupted download may leave: it takes no room.
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
