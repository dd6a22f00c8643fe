import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { packageRoot } from '../kernel/package-root.ts';
import { findSnapshot, type FoundSnapshot } from './hub/find-snapshot.ts';
import type { HubReference } from './hub/hub-reference.ts';
import { hubCacheRoot, type Environment } from './hub/hub-settings.ts';
import { modelFolderOf } from './model-files.ts';
import { EMBEDDED_MODEL, type ResolvedModel } from './resolved-model.ts';

/** Where models are looked for. */
export interface ModelPlaces {
  /** Root of the project, absolute. */
  readonly root: string;
  readonly environment: Environment;
}

/** What was found of a hub id, and where it was looked for. */
export interface SearchOutcome {
  /** The model in each place that has it, the best place first: when one copy is damaged, the next may be whole. */
  readonly found: readonly ResolvedModel[];
  /** What the Hugging Face cache has of it, where it lacks something. */
  readonly incomplete: FoundSnapshot['incomplete'];
  /** Why the Hugging Face cache could not be looked at, such as one of another user; null where it could. */
  readonly unreadable: string | null;
  /** Folders that were looked at, the best place first. */
  readonly searched: readonly string[];
}

/** A hub id that may come with a revision. */
export interface NamedModel extends HubReference {
  /** False where the caller asked for this revision: then only the Hugging Face cache can have it. */
  readonly anyRevision: boolean;
}

/** Looks for a hub id in the project, in the Hugging Face cache and in this package, in this order. */
export async function findOnMachine(named: NamedModel, { root, environment }: ModelPlaces): Promise<SearchOutcome> {
  const { id, anyRevision, revision } = named;
  const project = join(root, 'models', ...id.split('/'));
  const cache = hubCacheRoot(environment);
  const searched = [...(anyRevision ? [project] : []), join(cache, `models--${id.replaceAll('/', '--')}`)];
  const found: ResolvedModel[] = [];
  if (anyRevision && (await looksLikeModel(project))) {
    found.push({ id, folder: project, source: 'project', reason: 'it is in the models folder of the project' });
  }
  const { folder, commit, incomplete, unreadable } = await findInCache(cache, named);
  if (folder !== null) {
    const which = `${anyRevision ? '' : `${revision}, `}commit ${commit?.slice(0, 12)}`;
    found.push({ id, folder, source: 'hub-cache', reason: `it is in the Hugging Face cache (${which})` });
  }
  const embedded = id === EMBEDDED_MODEL && anyRevision ? await findEmbedded() : null;
  if (embedded !== null) found.push(embedded);
  return { found, incomplete: folder === null ? incomplete : null, unreadable, searched };
}

/** A cache that this user may not read has nothing for them: other models still serve. */
async function findInCache(
  cache: string,
  named: NamedModel,
): Promise<FoundSnapshot & Pick<SearchOutcome, 'unreadable'>> {
  try {
    return { ...(await findSnapshot(cache, named, named.anyRevision)), unreadable: null };
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    const unreadable = `the Hugging Face cache ${cache} cannot be read: ${errorMessage(cause)}`;
    return { folder: null, commit: null, incomplete: null, unreadable };
  }
}

/** The model in this package, or null where the package is not whole. */
export async function findEmbedded(): Promise<ResolvedModel | null> {
  const folder = embeddedFolder();
  if (!(await isModelFolder(folder))) return null;
  return { id: EMBEDDED_MODEL, folder, source: 'embedded', reason: 'it ships with the package' };
}

/** Where the embedded model should be. */
export function embeddedFolder(): string {
  return join(packageRoot(), 'models', ...EMBEDDED_MODEL.split('/'));
}

/**
 * A model named by its folder, or by one file of weights in it. A folder without config.json counts when it has other files
 * of a model: what it lacks is told when it is opened.
 */
export async function findByPath(reference: string, root: string): Promise<ResolvedModel | null> {
  const path = resolve(root, reference);
  const kind = await kindOf(path);
  if (kind === 'file' && /\.(?:onnx|safetensors|bin|pt|index\.json)$/.test(path)) {
    const folder = modelFolderOf(path);
    const reason = `it was named by its file ${basename(path)}`;
    return { id: folderId(folder), folder, weights: path, source: 'folder', reason };
  }
  if (kind !== 'folder' || !(await looksLikeModel(path))) return null;
  return { id: folderId(path), folder: path, source: 'folder', reason: 'it was named by its folder' };
}

async function looksLikeModel(folder: string): Promise<boolean> {
  if (await isModelFolder(folder)) return true;
  const names = await readdir(folder).catch(() => []); // One that cannot be listed is no model folder for us.
  return names.some((name) =>
    /\.(?:safetensors|onnx)$|^(?:pytorch_model.*\.bin|tokenizer\.json|modules\.json)$/.test(name),
  );
}

async function isModelFolder(folder: string): Promise<boolean> {
  return (await kindOf(join(folder, 'config.json'))) === 'file';
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : null;
  } catch {
    return null; // Nothing there that can be read: the caller looks elsewhere.
  }
}

/** `<org>/<name>` when the folder lies in a folder called models, else its own name. */
function folderId(folder: string): string {
  const parent = dirname(folder);
  const name = basename(folder);
  return basename(dirname(parent)) === 'models' ? `${basename(parent)}/${name}` : name;
}
