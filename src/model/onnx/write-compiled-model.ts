import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AbortableOptions } from '../../kernel/abort.ts';
import type { Logger } from '../../kernel/logger.ts';
import { RECORD_FILE } from '../cache-folder.ts';
import type { Numerics } from '../encoder.ts';
import type { ModelManifest } from '../manifest.ts';
import type { ModelFiles } from '../model-files.ts';
import type { TokenizerSource } from '../tokenizer/load-tokenizer.ts';
import { buildGraph } from './build-graph.ts';
import {
  COMPILED_FORMAT,
  DATA_FILE,
  MODEL_FILE,
  TOKENIZER_FILE,
  WORD_ROWS_FILE,
  type CompiledRecord,
} from './compiled-model.ts';
import { externalWordTable } from './embedding-nodes.ts';
import type { WeightPrecision } from '../weight-precision.ts';
import type { CalibrationSummary } from './calibration/calibration-summary.ts';
import { quantizeOnLoad } from './calibration/quantize-on-load.ts';
import { formBesideInt8 } from './linear-form.ts';
import type { ModelWeights } from './model-weights.ts';
import type { SerializedModel } from './onnx-graph.ts';
import { openModelWeights } from './open-model-weights.ts';
import { writeWordRows } from './word-rows.ts';
import { writeModel } from './write-model.ts';

/** What is compiled. */
export interface CompileJob extends AbortableOptions {
  readonly manifest: ModelManifest;
  readonly files: ModelFiles;
  readonly tokenizer: TokenizerSource;
  readonly fingerprint: string;
  readonly numerics: Numerics;
  readonly precision: WeightPrecision;
  readonly logger: Logger;
}

type StoredModel = Pick<CompileJob, 'manifest' | 'numerics' | 'precision' | 'signal'> & {
  readonly weights: ModelWeights;
};

/**
 * Compiles a model into an existing, empty folder; the record of the files is written last.
 *
 * @returns what was measured, where float weights were quantized.
 * @throws {@link ModelError} for what the model lacks or what is not computed; checkpoint and tokenizer errors.
 */
export async function writeCompiledModel(
  folder: string,
  { manifest, files, tokenizer, fingerprint, numerics, precision, logger, signal }: CompileJob,
): Promise<CalibrationSummary | null> {
  await writeFile(join(folder, TOKENIZER_FILE), tokenizer.compiled);
  // All weights are read once for the cache: the time to find out that a download was damaged.
  await using opened = await openModelWeights(manifest, files.weights, { verifyTensorCrc: true });
  const { weights, stateDict } = opened;
  const words = externalWordTable(weights, manifest);
  const wordBytes = words === null ? null : await writeWordRows(join(folder, WORD_ROWS_FILE), words, signal);
  // A checkpoint that came quantized is as whoever made it wanted it.
  const { serialized, summary } =
    precision === 'float32' || stateDict.dynamicLinears.size > 0
      ? { serialized: await writeAsStored(folder, { manifest, weights, numerics, precision, signal }), summary: null }
      : await quantizeOnLoad(folder, {
          manifest,
          weights,
          numerics,
          tokenizer: tokenizer.compiled,
          strict: precision === 'int8',
          logger,
          signal,
        });
  const record: CompiledRecord = {
    format: COMPILED_FORMAT,
    fingerprint,
    source: manifest.folder,
    calibration: summary,
    files: {
      [MODEL_FILE]: serialized.model.byteLength,
      [DATA_FILE]: serialized.externalByteLength,
      [TOKENIZER_FILE]: tokenizer.compiled.byteLength,
      ...(wordBytes === null ? {} : { [WORD_ROWS_FILE]: wordBytes }),
    },
  };
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(record, null, 2));
  return summary;
}

async function writeAsStored(
  folder: string,
  { manifest, weights, numerics, precision, signal }: StoredModel,
): Promise<SerializedModel> {
  const form = precision === 'float32' ? undefined : formBesideInt8(numerics);
  const serialized = buildGraph(manifest, weights, { numerics, form }).serialize(DATA_FILE);
  await writeModel(folder, serialized, signal);
  return serialized;
}
