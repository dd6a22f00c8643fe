import type { Diagnostic } from '../kernel/diagnostics.ts';
import { resolveCacheFolder } from '../kernel/cache-folder.ts';
import { CodeGraphError, errorMessage } from '../kernel/errors.ts';
import { silentLogger } from '../kernel/logger.ts';
import { NUMERICS, type Numerics } from './encoder.ts';
import type { ModelManifest } from './manifest.ts';
import { ModelError } from './model-error.ts';
import type { ModelFiles } from './model-files.ts';
import {
  compileModel,
  discardCompiledModel,
  fingerprintModel,
  type CompileModelOptions,
} from './onnx/compile-model.ts';
import { OnnxEncoder, type OnnxEncoderOptions } from './onnx/onnx-encoder.ts';
import {
  findCandidates,
  findModelFolder,
  type DownloadPolicy,
  type ModelCandidate,
  type ResolvedModel,
  type ResolveModelOptions,
} from './resolve-model.ts';
import { readModel } from './read-model.ts';
import { evictCompiled, touchCompiled } from './compiled-cache.ts';
import { WEIGHT_PRECISIONS, type WeightPrecision } from './weight-precision.ts';

export interface OpenEncoderOptions extends ResolveModelOptions, OnnxEncoderOptions {
  /** How activations of int8 layers are quantized. @defaultValue `full` */
  readonly numerics?: Numerics | undefined;
  /**
   * Whether Linears that the checkpoint holds as float are quantized to int8: more than twice the speed, at a cosine of .997 or
   * better to float32. @defaultValue `auto`
   */
  readonly weightPrecision?: WeightPrecision | undefined;
  /** True: only the model that was named, or the first of the default order; no other takes its place. @defaultValue false */
  readonly strict?: boolean | undefined;
  /**
   * What may be downloaded: `named` a hub id the caller named that is nowhere on this machine, `never` nothing. The default
   * order never downloads.
   *
   * @defaultValue `named`
   */
  readonly download?: DownloadPolicy | undefined;
  /** Root of the cache. @defaultValue `CODEGRAPHAI_CACHE`, else `codegraphai` in `XDG_CACHE_HOME` or `~/.cache` */
  readonly cacheDir?: string | undefined;
}

/** An encoder and how it came about. */
export interface OpenedEncoder {
  readonly encoder: OnnxEncoder;
  /** The model that really makes the vectors. */
  readonly model: ResolvedModel;
  /** One warning (`MODEL_FALLBACK`) for each better candidate that could not be loaded. */
  readonly diagnostics: readonly Diagnostic[];
  /** The better candidates that could not be loaded, in order; empty when the first one serves. */
  readonly passedOver: readonly PassedOverModel[];
}

/** A model that was tried and could not be loaded. */
export interface PassedOverModel {
  readonly id: string;
  readonly folder: string;
  /** Code of the error. */
  readonly code: string;
  /** Why, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** A model whose files were looked at, and no more. */
export interface IdentifiedModel {
  readonly model: ResolvedModel;
  /** As in `encoder.identity`. */
  readonly fingerprint: string;
}

/**
 * Says which model a reference means first and what fingerprint its vectors would have, without compiling it or starting
 * a runtime: enough to know that vectors are up to date. Downloads nothing, and logs nothing: opening it would say it again.
 *
 * @returns null where that model cannot be used as it lies there: {@link openEncoder} tells why.
 */
export async function identifyModel(
  ref: string | null,
  options: OpenEncoderOptions = {},
): Promise<IdentifiedModel | null> {
  const quiet: OpenEncoderOptions = { ...options, download: 'never', logger: undefined };
  try {
    const [candidate] = await findCandidates(ref, quiet);
    const model = candidate?.model;
    if (model === undefined) return null;
    const { manifest, files } = await readNamed(model, quiet);
    const fingerprint = await fingerprintModel(manifest, { ...compileOptionsOf(model, quiet), files });
    return { model, fingerprint };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    return null;
  }
}

/**
 * From a model's name to an encoder: the one door. Candidates that cannot be loaded (truncated, unsupported, forbidden
 * pickle globals) or not be downloaded (no network, a damaged answer) are passed over with a diagnostic, unless `strict`.
 *
 * @param ref - Folder, file of weights, hub id (also with `@<revision>`), or null for the default.
 * @throws {@link ModelError} `MODEL_NOT_FOUND` for a name that is neither here nor on the hub, `MODEL_RUNTIME_MISSING`,
 * `MODEL_CACHE_UNWRITABLE`, or, when nothing could be loaded, `MODEL_LOAD_FAILED`; {@link HubError} `HUB_UNAUTHORIZED` or
 * `HUB_GATED`; with `strict` whatever the model failed with; RangeError for unknown `numerics` or `weightPrecision`; the
 * signal's reason when aborted.
 */
export async function openEncoder(ref: string | null, options: OpenEncoderOptions = {}): Promise<OpenedEncoder> {
  const { logger = silentLogger, strict = false, download = 'named', signal } = options;
  signal?.throwIfAborted();
  assertOneOf('numerics', options.numerics, NUMERICS);
  assertOneOf('weightPrecision', options.weightPrecision, WEIGHT_PRECISIONS);
  const candidates = await findCandidates(ref, { ...options, download });
  const diagnostics: Diagnostic[] = [];
  const passedOver: PassedOverModel[] = [];
  for (const [index, candidate] of candidates.entries()) {
    signal?.throwIfAborted();
    try {
      const { model } = candidate;
      if (model === undefined) throw candidate.fault;
      const encoder = await loadEncoder(model, options, diagnostics);
      logger.info(`model ${model.id} (${model.reason}), run by ${encoder.runtime.runtime}: ${encoder.runtime.reason}`);
      if (encoder.runtime.runtime === 'onnxruntime-web') logger.warn(SLOW_RUNTIME);
      return { encoder, model, diagnostics, passedOver };
    } catch (cause) {
      if (strict || !isFaultOfModel(cause)) throw cause;
      const diagnostic = fallbackDiagnostic(candidate, cause, candidates[index + 1]?.id);
      diagnostics.push(diagnostic);
      const { code, message, hint } = cause;
      passedOver.push({ id: candidate.id, folder: candidate.folder, code, message, hint });
      logger.warn(diagnostic.message, { cause });
    }
  }
  throw new ModelError(`no model could be loaded: ${diagnostics.map(({ message }) => message).join('; ')}`, {
    code: 'MODEL_LOAD_FAILED',
    hint: 'Install the package again: the model that ships with it is missing or damaged.',
    details: { attempts: diagnostics },
  });
}

/** Callers without types may give anything, and what is not known would be taken for one of the known. */
function assertOneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new RangeError(`${name} is ${value} instead of ${known.join(', ')}`);
}

/** The manifest of a model, and the weights it was read for. */
async function readNamed(
  model: ResolvedModel,
  options: OpenEncoderOptions,
): Promise<{ manifest: ModelManifest; files: ModelFiles }> {
  const { manifest, files } = await readModel(model, options);
  return { manifest: { ...manifest, id: model.id }, files };
}

function compileOptionsOf({ weights }: ResolvedModel, options: OpenEncoderOptions): CompileModelOptions {
  return {
    weights,
    numerics: options.numerics ?? 'full',
    weightPrecision: options.weightPrecision,
    cacheFolder: resolveCacheFolder(options.cacheDir, options.environment),
    logger: options.logger,
    signal: options.signal,
    findModel: (id) => findModelFolder(id, options),
  };
}

/** @param diagnostics - Gets what was passed over in the model itself, such as a damaged tokenizer.json. */
async function loadEncoder(
  model: ResolvedModel,
  options: OpenEncoderOptions,
  diagnostics: Diagnostic[],
): Promise<OnnxEncoder> {
  const { logger = silentLogger } = options;
  const { manifest, files } = await readNamed(model, options);
  const compileOptions = { ...compileOptionsOf(model, options), files };
  if (files.choice !== null) logger.info(`model ${model.id}: ${files.choice}`);
  const compiled = await compileModel(manifest, compileOptions);
  try {
    const encoder = await OnnxEncoder.open(compiled, manifest, options);
    diagnostics.push(...compiled.diagnostics);
    await (compiled.reused
      ? touchCompiled(compiled.folder, logger)
      : evictCompiled(compileOptions.cacheFolder, logger));
    return encoder;
  } catch (cause) {
    if (!compiled.reused || !mayBeDamagedCache(cause)) throw cause;
    logger.warn(`the compiled form of ${model.id} cannot be loaded and is made again: ${errorMessage(cause)}`, {
      cause,
    });
    await discardCompiledModel(compiled);
    const again = await compileModel(manifest, compileOptions);
    diagnostics.push(...again.diagnostics);
    return OnnxEncoder.open(again, manifest, options);
  }
}

/** Whether compiling again may help: not where no runtime or device is there to load anything. */
function mayBeDamagedCache(cause: unknown): boolean {
  return isFaultOfModel(cause);
}

/** Said once an encoder: whoever waits should know that it need not be so slow. */
const SLOW_RUNTIME =
  'encoding runs in WebAssembly, several times slower than native code: "codegraphai doctor" says why and what to do';

/** What any other model would meet as well is no reason to try one. */
const FAULTS_OF_MACHINE: readonly string[] = [
  'MODEL_RUNTIME_MISSING',
  'MODEL_DEVICE_UNAVAILABLE',
  'MODEL_CACHE_UNWRITABLE',
];

function isFaultOfModel(cause: unknown): cause is CodeGraphError {
  return CodeGraphError.isInstance(cause) && !FAULTS_OF_MACHINE.includes(cause.code);
}

function fallbackDiagnostic(candidate: ModelCandidate, cause: CodeGraphError, next: string | undefined): Diagnostic {
  const { id, model } = candidate;
  const place = model === undefined ? '' : ` in ${model.folder}`;
  const continuation = next === undefined ? '' : `; trying ${next}`;
  return {
    severity: 'warning',
    code: 'MODEL_FALLBACK',
    message: `model ${id}${place} cannot be used (${cause.code}: ${cause.message})${continuation}`,
    hint: cause.hint,
  };
}
