import { isAbsolute, resolve } from 'node:path';
import type { AbortableOptions } from '../kernel/abort.ts';
import { CodeGraphError } from '../kernel/errors.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import { embeddedFolder, findByPath, findEmbedded, findOnMachine, type NamedModel } from './find-on-machine.ts';
import type { DownloadProgress } from './hub/download-progress.ts';
import type { RetryDelay } from './hub/hub-client.ts';
import { HubError } from './hub/hub-error.ts';
import { parseHubReference } from './hub/hub-reference.ts';
import { isOffline } from './hub/hub-settings.ts';
import { ModelError } from './model-error.ts';
import { EMBEDDED_MODEL, FALLBACK_MODEL, PREFERRED_MODEL, type ResolvedModel } from './resolved-model.ts';

export { EMBEDDED_MODEL, FALLBACK_MODEL, PREFERRED_MODEL, type ResolvedModel } from './resolved-model.ts';

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
  /** Waiting time before a request is repeated. @defaultValue what the server asks for, else a third of a second, doubled each time */
  readonly retryDelay?: RetryDelay | undefined;
  /** Environment, for the variables of huggingface_hub such as `HF_HOME`. @defaultValue `process.env` */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** One that may serve for a reference: a model, or why there is none. */
export type ModelCandidate =
  | { readonly id: string; readonly folder: string; readonly model: ResolvedModel; readonly fault?: undefined }
  | { readonly id: string; readonly folder: string; readonly model?: undefined; readonly fault: CodeGraphError };

/**
 * Finds the model a reference means, without loading or downloading it. A reference is a folder, a file of weights in one, or
 * a hub id `<org>/<name>`, also with `@<revision>`, looked up in the project's `models/` and in the Hugging Face cache; null
 * means the default.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND`; `MODEL_FILE_MISSING` for a snapshot that is not whole.
 */
export async function resolveModel(ref: string | null, options: ResolveModelOptions = {}): Promise<ResolvedModel> {
  const candidates = await findCandidates(ref, { ...options, download: 'never' });
  const [first] = ref === null ? candidates.filter(({ model }) => model !== undefined) : candidates;
  if (first === undefined) throw notFound(EMBEDDED_MODEL, [embeddedFolder()]);
  if (first.model === undefined) throw first.fault;
  return first.model;
}

/**
 * All models on this machine that may serve for a reference, the one that is meant first; downloads nothing.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND` when a named model is not on this machine.
 */
export async function modelCandidates(
  ref: string | null,
  options: ResolveModelOptions = {},
): Promise<readonly ResolvedModel[]> {
  const candidates = await findCandidates(ref, { ...options, download: 'never' });
  return candidates.flatMap(({ model }) => (model === undefined ? [] : [model]));
}

/**
 * All that may serve for a reference, the one that is meant first, then the default order, which ends with the embedded model.
 * One that is meant and cannot be had (no network, a damaged download) is among them with its fault, so that the next is taken
 * and the reason told. What was named wrongly, or may not be read, is an error at once: nothing else was meant.
 *
 * @throws {@link ModelError} `MODEL_NOT_FOUND`; {@link HubError} `HUB_UNAUTHORIZED`, `HUB_GATED`; the signal's reason.
 */
export async function findCandidates(
  ref: string | null,
  options: ResolveModelOptions & { readonly download?: DownloadPolicy | undefined },
): Promise<readonly ModelCandidate[]> {
  const named = ref === null ? [] : await findNamed(ref, options);
  const candidates = [...named, ...(await defaultModels(options, ref === null))];
  return candidates.filter(
    (candidate, index) => candidates.findIndex(({ folder }) => folder === candidate.folder) === index,
  );
}

/** Folder of a hub id on this machine, or null. */
export async function findModelFolder(id: string, options: ResolveModelOptions): Promise<string | null> {
  const reference = parseHubReference(id);
  if (reference === null) return null;
  const { found } = await findOnMachine({ ...reference, anyRevision: !id.includes('@') }, places(options));
  return found[0]?.folder ?? null;
}

type FindOptions = Parameters<typeof findCandidates>[1];

async function findNamed(ref: string, options: FindOptions): Promise<readonly ModelCandidate[]> {
  const { logger = silentLogger } = options;
  const root = resolve(options.root ?? '.');
  const hub = isPathLike(ref) ? null : parseHubReference(ref);
  const byPath = await findByPath(ref, root);
  if (byPath !== null) {
    const model = hub === null || byPath.weights !== undefined ? byPath : { ...byPath, id: hub.id };
    logger.info(`model ${ref}: ${model.folder}, for ${model.reason}`);
    return [candidateOf(model)];
  }
  logger.debug(`model ${ref}: there is no such folder below ${root}`);
  if (hub === null) throw notFound(ref, [resolve(root, ref)]);
  const reference: NamedModel = { ...hub, anyRevision: !ref.includes('@') };
  const { found, incomplete, unreadable, searched } = await findOnMachine(reference, places(options));
  if (unreadable !== null) logger.warn(unreadable);
  if (found[0] !== undefined) {
    logger.info(`model ${ref}: ${found[0].folder}, for ${found[0].reason}`);
    return found.map(candidateOf);
  }
  for (const folder of searched) logger.debug(`model ${ref}: not in ${folder}`);
  if (incomplete !== null) logger.debug(`model ${ref}: ${incomplete.folder} is not whole: ${incomplete.missing}`);
  if (options.download !== 'named') {
    if (incomplete === null) throw notFound(ref, [resolve(root, ref), ...searched]);
    return [incompleteCandidate(hub.id, incomplete)];
  }
  return [await downloadNamed(ref, reference, searched, options)];
}

/** The named model from the hub; what stands in its way becomes the candidate's fault, unless it is the name itself. */
async function downloadNamed(
  ref: string,
  { id }: NamedModel,
  searched: readonly string[],
  options: FindOptions,
): Promise<ModelCandidate> {
  const { environment = process.env, offline = false, logger = silentLogger, signal, retryDelay } = options;
  if (!offline && !isOffline(environment)) logger.warn(`model ${ref} is not on this machine and is downloaded`);
  try {
    // Loaded late: most runs find their model here.
    const { pullModel } = await import('./hub/pull-model.ts');
    const pullOptions = { environment, offline, logger, signal, retryDelay, onProgress: options.onDownload };
    const { folder, commit } = await pullModel(ref, pullOptions);
    const reason = `it was downloaded now (commit ${commit.slice(0, 12)})`;
    return candidateOf({ id, folder, source: 'hub', reason });
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    if (HubError.isInstance(cause) && cause.code === 'HUB_NOT_FOUND') throw notFound(ref, searched, cause);
    if (HubError.isInstance(cause) && ['HUB_UNAUTHORIZED', 'HUB_GATED'].includes(cause.code)) throw cause;
    return { id, folder: searched.at(-1) ?? '', fault: cause };
  }
}

/** @param tellUnreadable - Whether the cache was not complained of before. */
async function defaultModels(
  options: ResolveModelOptions,
  tellUnreadable: boolean,
): Promise<readonly ModelCandidate[]> {
  const { logger = silentLogger } = options;
  const models: ModelCandidate[] = [];
  for (const id of [PREFERRED_MODEL, FALLBACK_MODEL]) {
    const reference = { id, revision: 'main', anyRevision: true };
    const { found, incomplete, unreadable, searched } = await findOnMachine(reference, places(options));
    if (unreadable !== null && tellUnreadable && id === PREFERRED_MODEL) logger.warn(unreadable);
    models.push(...found.map(candidateOf));
    if (incomplete !== null) models.push(incompleteCandidate(id, incomplete));
    else if (found.length === 0) logger.debug(`model ${id} is not on this machine`, { searched });
  }
  const embedded = await findEmbedded();
  if (embedded === null) logger.warn(`the embedded model is missing from ${embeddedFolder()}`);
  else models.push(candidateOf(embedded));
  return models;
}

function places({ root, environment }: ResolveModelOptions): Parameters<typeof findOnMachine>[1] {
  return { root: resolve(root ?? '.'), environment: environment ?? process.env };
}

function candidateOf(model: ResolvedModel): ModelCandidate {
  return { id: model.id, folder: model.folder, model };
}

function incompleteCandidate(
  id: string,
  { folder, missing }: { readonly folder: string; readonly missing: string },
): ModelCandidate {
  const fault = new ModelError(`the download of ${id} into ${folder} was not finished: ${missing}`, {
    code: 'MODEL_FILE_MISSING',
    hint: `Run "codegraphai model pull ${id}": what is there is kept.`,
    details: { folder, file: missing },
  });
  return { id, folder, fault };
}

/** An address, which many have at hand where the name of the model is wanted. */
function isAddress(reference: string): boolean {
  return /^[a-z]+:\/\//i.test(reference);
}

/** What can only be meant as a path. */
function isPathLike(reference: string): boolean {
  return isAbsolute(reference) || /^\.{0,2}[/\\]|^~|\\/.test(reference);
}

function notFound(reference: string, searched: readonly string[], cause?: HubError): ModelError {
  const place = searched.at(0) ?? 'a folder';
  const canBePulled = !isPathLike(reference) && parseHubReference(reference) !== null;
  const leaveOut = 'or leave the model out to use the default';
  const pull = canBePulled ? `Run "codegraphai model pull ${reference}", put` : 'Put';
  return new ModelError(
    cause === undefined
      ? `model ${reference} is not on this machine`
      : `model ${reference} is neither on this machine nor on the hub: ${cause.message}`,
    {
      code: 'MODEL_NOT_FOUND',
      hint: isAddress(reference)
        ? `Write <organization>/<name> in place of an address, ${leaveOut}.`
        : (cause?.hint ?? `${pull} its files into ${place}, ${leaveOut}.`),
      details: { reference, searched },
      cause,
    },
  );
}
