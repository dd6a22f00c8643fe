import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { AbortableOptions } from '../kernel/abort.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import type { DownloadProgress } from './hub/download-progress.ts';
import { ModelError } from './model-error.ts';
import { packageRoot } from '../kernel/package-root.ts';

/** Where a model was found. */
export const MODEL_SOURCES = ['folder', 'project', 'hub-cache', 'embedded'] as const;
export type ModelSource = (typeof MODEL_SOURCES)[number];

/** A model that is on this machine. */
export interface ResolvedModel {
  /** Hub id, or the folder's name when it was named by its path. */
  readonly id: string;
  /** Absolute path of the folder with config.json, weights and tokenizer. */
  readonly folder: string;
  readonly source: ModelSource;
  /** Why this one, in words; for the log and `doctor`. */
  readonly reason: string;
}

/** What may be downloaded: a hub id the caller named, or nothing. */
export const DOWNLOAD_POLICIES = ['never', 'named'] as const;
export type DownloadPolicy = (typeof DOWNLOAD_POLICIES)[number];

export interface ResolveModelOptions extends AbortableOptions {
  /** Root of the project; its `models/<org>/<name>` are looked at first. @defaultValue the current folder */
  readonly root?: string | undefined;
  readonly logger?: Logger | undefined;
  /** Forbids the network, as `HF_HUB_OFFLINE` and `TRANSFORMERS_OFFLINE` do. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** Called while a model is downloaded. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  /** Environment, for the variables of huggingface_hub such as `HF_HOME`. @defaultValue `process.env` */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The full model, preferred where it is on the machine. */
export const PREFERRED_MODEL = 'elastic/multilingual-e5-small-optimized';
/** Its float32 original, next in line. */
export const FALLBACK_MODEL = 'intfloat/multilingual-e5-small';
/** The model in this package: works without network. */
export const EMBEDDED_MODEL = 'codegraphai/multilingual-e5-small-int8';

/**
 * Finds the model a reference means, without loading it. A reference is a folder, or a hub id `<org>/<name>` looked up
 * in the project's `models/` and in the Hugging Face cache; null means the default.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND`.
 */
export async function resolveModel(ref: string | null, options: ResolveModelOptions = {}): Promise<ResolvedModel> {
  const candidates = await modelCandidates(ref, options);
  const [first] = candidates;
  if (first === undefined) throw notFound(EMBEDDED_MODEL, [join(packageRoot(), 'models')]);
  return first;
}

/**
 * All models that may serve for a reference, the one that is meant first. When it cannot be loaded, the next is tried:
 * the default order ends with the embedded model, which is always there.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND` when a named model is not on this machine.
 */
export async function modelCandidates(
  ref: string | null,
  options: ResolveModelOptions = {},
): Promise<readonly ResolvedModel[]> {
  const named = ref === null ? [] : [await resolveNamed(ref, options)];
  const candidates = [...named, ...(await defaultModels(options))];
  return candidates.filter(
    (candidate, index) => candidates.findIndex(({ folder }) => folder === candidate.folder) === index,
  );
}

async function resolveNamed(ref: string, options: ResolveModelOptions): Promise<ResolvedModel> {
  const { logger = silentLogger } = options;
  const folder = resolve(options.root ?? '.', ref);
  if (await isModelFolder(folder)) {
    logger.info(`model ${ref}: the folder ${folder}`);
    return {
      id: isHubId(ref) ? ref : folderId(folder),
      folder,
      source: 'folder',
      reason: 'it was named by its folder',
    };
  }
  if (!isHubId(ref)) throw notFound(ref, [folder]);
  const { found, searched } = await findOnMachine(ref, options);
  if (found === null) throw notFound(ref, [folder, ...searched]);
  logger.info(`model ${ref}: ${found.folder}`);
  return found;
}

async function defaultModels(options: ResolveModelOptions): Promise<readonly ResolvedModel[]> {
  const { logger = silentLogger } = options;
  const models: ResolvedModel[] = [];
  for (const id of [PREFERRED_MODEL, FALLBACK_MODEL]) {
    const { found } = await findOnMachine(id, options);
    if (found === null) logger.debug(`model ${id} is not on this machine`);
    else models.push(found);
  }
  const folder = join(packageRoot(), 'models', ...EMBEDDED_MODEL.split('/'));
  if (await isModelFolder(folder)) {
    models.push({ id: EMBEDDED_MODEL, folder, source: 'embedded', reason: 'it ships with the package' });
  } else {
    logger.warn(`the embedded model is missing from ${folder}`);
  }
  return models;
}

async function findOnMachine(
  id: string,
  options: ResolveModelOptions,
): Promise<{ found: ResolvedModel | null; searched: readonly string[] }> {
  const project = resolve(options.root ?? '.', 'models', ...id.split('/'));
  const cached = hubCacheFolder(id, options.environment ?? process.env);
  const searched = [project, cached];
  if (await isModelFolder(project)) {
    return {
      found: { id, folder: project, source: 'project', reason: 'it is in the models folder of the project' },
      searched,
    };
  }
  const snapshot = await hubSnapshot(cached);
  if (snapshot !== null && (await isModelFolder(snapshot))) {
    return {
      found: { id, folder: snapshot, source: 'hub-cache', reason: 'it is in the Hugging Face cache' },
      searched,
    };
  }
  if (id !== EMBEDDED_MODEL) return { found: null, searched };
  const folder = join(packageRoot(), 'models', ...id.split('/'));
  const found = (await isModelFolder(folder))
    ? ({ id, folder, source: 'embedded', reason: 'it ships with the package' } as const)
    : null;
  return { found, searched: [...searched, folder] };
}

/** `<org>/<name>` as the hub allows it; no part can climb out of a folder. */
function isHubId(ref: string): boolean {
  const part = /^\w[\w.-]{0,95}$/;
  const parts = ref.split('/');
  return !isAbsolute(ref) && parts.length === 2 && parts.every((name) => part.test(name) && !name.includes('..'));
}

/** `<cache>/models--<org>--<name>`, where the cache is as huggingface_hub has it. */
function hubCacheFolder(id: string, environment: Readonly<Record<string, string | undefined>>): string {
  const cacheHome = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const home = environment['HF_HOME'] || join(cacheHome, 'huggingface');
  const hub = environment['HF_HUB_CACHE'] || join(home, 'hub');
  return join(hub, `models--${id.replaceAll('/', '--')}`);
}

/** Folder of the commit that `refs/main` names, or null. */
async function hubSnapshot(cached: string): Promise<string | null> {
  try {
    const commit = (await readFile(join(cached, 'refs', 'main'), 'utf8')).trim();
    return /^[0-9a-f]{40}$/.test(commit) ? join(cached, 'snapshots', commit) : null;
  } catch {
    return null; // Not in the cache: the caller looks elsewhere.
  }
}

async function isModelFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, 'config.json'))).isFile();
  } catch {
    return false; // No such folder: the caller looks elsewhere.
  }
}

/** `<org>/<name>` when the folder lies in a folder called models, else its own name. */
function folderId(folder: string): string {
  const parent = dirname(folder);
  const name = basename(folder);
  return basename(dirname(parent)) === 'models' ? `${basename(parent)}/${name}` : name;
}

function notFound(reference: string, searched: readonly string[]): ModelError {
  return new ModelError(`model ${reference} is not on this machine`, {
    code: 'MODEL_NOT_FOUND',
    hint: `Put its files into ${searched.at(0) ?? 'a folder'}, or leave the model out to use the embedded one.`,
    details: { reference, searched },
  });
}
