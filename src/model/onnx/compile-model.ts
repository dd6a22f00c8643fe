import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AbortableOptions } from '../../kernel/abort.ts';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { silentLogger, type Logger } from '../../kernel/logger.ts';
import { cacheUnwritable, compiledFolder, createCacheFolder } from '../cache-folder.ts';
import type { Numerics } from '../encoder.ts';
import { fileDigest } from '../file-digest.ts';
import type { ModelManifest } from '../manifest.ts';
import { ModelError } from '../model-error.ts';
import { findModelFiles, type ModelFiles } from '../model-files.ts';
import type { TokenizerSource } from '../tokenizer/load-tokenizer.ts';
import { COMPILED_TOKENIZER_VERSION, findTokenizerFiles } from '../tokenizer/tokenizer-files.ts';
import type { WeightPrecision } from '../weight-precision.ts';
import type { CalibrationSummary } from './calibration/calibration-summary.ts';
import { CALIBRATION_VERSION } from './calibration/calibration-version.ts';
import {
  COMPILED_FORMAT,
  compiledModelAt,
  openCompiledModel,
  type CompiledModel,
  type ReadyGraph,
} from './compiled-model.ts';

export interface CompileModelOptions extends AbortableOptions {
  readonly numerics: Numerics;
  /** Exactly this file of weights. @defaultValue the preferred one of the manifest's folder */
  readonly weights?: string | undefined;
  /** The weights, where they were looked for already. @defaultValue they are looked for */
  readonly files?: ModelFiles | undefined;
  /** @defaultValue `auto` */
  readonly weightPrecision?: WeightPrecision | undefined;
  /** Root of the cache. */
  readonly cacheFolder: string;
  readonly logger?: Logger | undefined;
  /** The folder of a hub id on this machine or null: where a model without tokenizer may get that of its base model. */
  readonly findModel?: ((id: string) => Promise<string | null>) | undefined;
}

/**
 * Turns a model folder into an ONNX graph with mapped weights and a tokenizer image, in the cache under its
 * fingerprint; what is there already and whole is taken as it is. Two processes may do it at once: each writes to a
 * folder of its own and the first to finish puts it in place by renaming.
 *
 * @throws {@link ModelError} when the model lacks something, has something that is not computed, changes meanwhile
 * (`MODEL_FILES_CHANGED`), or the cache cannot be written (`MODEL_CACHE_UNWRITABLE`); checkpoint and tokenizer errors as
 * they come; the signal's reason when aborted, and nothing is left behind.
 */
export async function compileModel(manifest: ModelManifest, options: CompileModelOptions): Promise<CompiledModel> {
  const { cacheFolder, logger = silentLogger, weightPrecision = 'auto' } = options;
  const files = await weightsOf(manifest, options);
  const ready = await readyGraphOf(manifest, files);
  const parent = compiledFolder(cacheFolder);
  await removeAbandoned(parent, logger);
  const target = await compileTarget(manifest, { files, ready }, options);
  const { fingerprint, folder, tokenizer } = target;
  if (target.existing !== null) {
    logger.debug(`${manifest.id} is compiled already`, { folder });
    return target.existing;
  }
  await createCacheFolder(parent);
  const temporary = join(parent, `.${fingerprint}.${randomUUID()}`);
  let calibration: CalibrationSummary | null = null;
  try {
    await mkdir(temporary);
    if (ready === null) {
      // Loaded late: the checkpoint reader and the graph builder are not needed when the model is compiled already.
      const { writeCompiledModel } = await import('./write-compiled-model.ts');
      calibration = await writeCompiledModel(temporary, {
        manifest,
        files,
        tokenizer: await tokenizer(),
        fingerprint,
        numerics: options.numerics,
        precision: weightPrecision,
        logger,
        signal: options.signal,
      });
    } else {
      const { writeReadyModel } = await import('./ready/write-ready-model.ts');
      await writeReadyModel(temporary, { manifest, ready, fingerprint, tokenizer: await tokenizer() });
    }
    if ((await modelFingerprint(manifest, files, target.tokenizerInputs, options)) !== fingerprint)
      throw filesChanged(manifest.folder);
    await putInPlace(temporary, folder, { fingerprint, ready });
  } catch (cause) {
    throw isRefusal(cause) ? cacheUnwritable(parent, cause) : cause;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  logger.info(`compiled ${manifest.id}`, { folder });
  return compiledModelAt(folder, fingerprint, { reused: false, diagnostics: target.diagnostics, ready, calibration });
}

/** The weights a model is made of. */
async function weightsOf(manifest: ModelManifest, options: CompileModelOptions): Promise<ModelFiles> {
  return options.files ?? (await findModelFiles(options.weights ?? manifest.folder, options));
}

/** How the graph is run, where the weights are one; null for a checkpoint. */
async function readyGraphOf(manifest: ModelManifest, { format, weights }: ModelFiles): Promise<ReadyGraph | null> {
  if (format !== 'onnx') return null;
  // Loaded late: most models are checkpoints.
  const { readOnnxModel } = await import('../onnx-file/read-onnx-model.ts');
  const { planReady } = await import('./ready/ready-plan.ts');
  return { modelPath: weights, plan: planReady(await readOnnxModel(weights), manifest) };
}

/** What decides about token ids. */
type TokenizerInputs = Pick<TokenizerSource, 'files' | 'settings'>;

/** What a model is compiled to, and from which tokenizer. */
interface CompileTarget {
  readonly fingerprint: string;
  readonly folder: string;
  /** What is there already. */
  readonly existing: CompiledModel | null;
  readonly tokenizerInputs: TokenizerInputs;
  readonly tokenizer: () => Promise<TokenizerSource>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Tokenizer files that seem whole are not read again when a model was compiled from them: then they were. Else the
 * tokenizer is read first, because the fingerprint is made of the files that can really be used.
 */
async function compileTarget(
  manifest: ModelManifest,
  { files, ready }: { readonly files: ModelFiles; readonly ready: ReadyGraph | null },
  options: CompileModelOptions,
): Promise<CompileTarget> {
  let source: TokenizerSource | null = null;
  const tokenizer = async (): Promise<TokenizerSource> => {
    // Loaded late: the reader of tokenizers is not needed when the model is compiled already.
    const { readTokenizerSource } = await import('../tokenizer/load-tokenizer.ts');
    source ??= await readTokenizerSource(manifest.folder, { ...options, vocabularySize: manifest.vocabularySize });
    return source;
  };
  const at = async (found: TokenizerInputs & Pick<TokenizerSource, 'diagnostics'>): Promise<CompileTarget> => {
    const fingerprint = await modelFingerprint(manifest, files, found, options);
    const folder = join(compiledFolder(options.cacheFolder), fingerprint);
    const diagnostics = [...files.diagnostics, ...found.diagnostics];
    const compiled = await openCompiledModel(folder, fingerprint, ready);
    const existing = compiled === null ? null : { ...compiled, diagnostics };
    return { fingerprint, folder, existing, tokenizerInputs: found, tokenizer, diagnostics };
  };
  const likely = await findTokenizerFiles(manifest.folder);
  const expected = likely === null ? null : await at(likely);
  if (expected !== null && expected.existing !== null) return expected;
  const target = await at(await tokenizer());
  const sameFiles = expected?.tokenizerInputs.files.join('\n') === target.tokenizerInputs.files.join('\n');
  if (sameFiles && expected?.fingerprint !== target.fingerprint) throw filesChanged(manifest.folder);
  return target;
}

/**
 * Takes a compiled model out of the cache, so that it is made again. For damage that the sizes of its files do not show.
 *
 * @throws {@link ModelError} `MODEL_CACHE_UNWRITABLE`.
 */
export async function discardCompiledModel({ folder }: CompiledModel): Promise<void> {
  try {
    await moveAwayAndRemove(folder, join(dirname(folder), `.${basename(folder)}.${randomUUID()}.damaged`));
  } catch (cause) {
    throw isRefusal(cause) ? cacheUnwritable(dirname(folder), cause) : cause;
  }
}

/** Whether the file system refused a write, for lack of permission or room. */
function isRefusal(cause: unknown): boolean {
  const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG'];
  return refusals.includes(systemErrorCode(cause) ?? '');
}

/**
 * The fingerprint that {@link compileModel} gives a model, without compiling it.
 *
 * @throws {@link ModelError} when the model lacks weights or tokenizer.
 */
export async function fingerprintModel(manifest: ModelManifest, options: CompileModelOptions): Promise<string> {
  const files = await weightsOf(manifest, options);
  return (await compileTarget(manifest, { files, ready: await readyGraphOf(manifest, files) }, options)).fingerprint;
}

/** sha256 over everything a vector depends on: weights, tokenizer, the checked configuration, numerics and format. */
async function modelFingerprint(
  manifest: ModelManifest,
  files: ModelFiles,
  tokenizer: TokenizerInputs,
  { cacheFolder, numerics, logger, signal, weightPrecision = 'auto' }: CompileModelOptions,
): Promise<string> {
  // Folder and id are where the model lies, not what it is; prompts are part of the text, but an index needs them equal.
  const { folder: _folder, id: _id, ...meaning } = manifest;
  const weightFiles = [...files.weightFiles, ...manifest.extraWeightFiles.map((file) => join(manifest.folder, file))];
  const parts = {
    format: [COMPILED_FORMAT, COMPILED_TOKENIZER_VERSION],
    weights: await Promise.all(weightFiles.map((path) => fileDigest(path, cacheFolder, logger, signal))),
    tokenizerSettings: tokenizer.settings,
    tokenizer: await Promise.all(
      tokenizer.files.map(async (path) => [basename(path), await fileDigest(path, cacheFolder, logger, signal)]),
    ),
    manifest: meaning,
    numerics,
    // Not what was measured: that is the same for the same files, but for the last bits of different machines.
    precision: weightPrecision === 'float32' ? weightPrecision : [weightPrecision, CALIBRATION_VERSION],
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function putInPlace(
  temporary: string,
  folder: string,
  { fingerprint, ready }: { readonly fingerprint: string; readonly ready: ReadyGraph | null },
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(temporary, folder);
      return;
    } catch (cause) {
      const code = systemErrorCode(cause);
      const occupied = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
      if (!occupied || attempt === 2) throw cause;
    }
    // Another process was faster, or what is there is damaged.
    if ((await openCompiledModel(folder, fingerprint, ready)) !== null) return;
    await moveAwayAndRemove(folder, `${temporary}.damaged`);
  }
}

/** Renamed first: nobody finds a folder that is half removed. */
async function moveAwayAndRemove(folder: string, damaged: string): Promise<void> {
  try {
    await rename(folder, damaged);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw cause;
  }
  await rm(damaged, { recursive: true, force: true });
}

function filesChanged(folder: string): ModelError {
  return new ModelError(`the files of the model in ${folder} changed while they were compiled`, {
    code: 'MODEL_FILES_CHANGED',
    hint: 'Try again when the model is written completely.',
    details: { folder },
  });
}

/** Age from which a temporary folder belongs to a process that died. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Removes what killed processes left. Leftovers that cannot be removed only take room: they are told, not thrown. */
async function removeAbandoned(parent: string, logger: Logger): Promise<void> {
  try {
    for (const name of await readdir(parent)) {
      const path = join(parent, name);
      if (name.startsWith('.') && (await ageMs(path)) > ABANDONED_AFTER_MS) {
        await rm(path, { recursive: true, force: true });
      }
    }
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT' || systemErrorCode(cause) === 'ENOTDIR') return; // No cache yet.
    logger.warn(`what an earlier run left in ${parent} could not be removed: ${errorMessage(cause)}`, { cause });
  }
}

/** Milliseconds since the folder changed; 0 when another process has just removed it. */
async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return 0;
    throw cause;
  }
}
