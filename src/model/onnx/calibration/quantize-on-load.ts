import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AbortableOptions } from '../../../kernel/abort.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { Numerics } from '../../encoder.ts';
import type { ModelManifest } from '../../manifest.ts';
import { openTokenizer } from '../../tokenizer/open-tokenizer.ts';
import { buildGraph } from '../build-graph.ts';
import { DATA_FILE, MODEL_FILE } from '../compiled-model.ts';
import type { ModelWeights } from '../model-weights.ts';
import type { SerializedModel } from '../onnx-graph.ts';
import { loadRuntime } from '../runtime.ts';
import { writeModel } from '../write-model.ts';
import { calibrate, type LinearChoice } from './calibrate.ts';
import { describeCalibration, type CalibrationSummary } from './calibration-summary.ts';
import { CALIBRATION_TEXTS } from './calibration-texts.ts';
import { STATISTICS_OUTPUT, type StatisticsProbe } from './statistics-probe.ts';

/** A float model that is to run in int8. */
export interface QuantizeOnLoadJob extends AbortableOptions {
  readonly manifest: ModelManifest;
  readonly weights: ModelWeights;
  readonly numerics: Numerics;
  /** Image of the model's tokenizer. */
  readonly tokenizer: Uint8Array;
  /** True: nothing may stay float32. */
  readonly strict: boolean;
  readonly logger: Logger;
}

/** What stands in the folder. */
interface WrittenGraph {
  readonly choice: LinearChoice;
  readonly serialized: SerializedModel;
}

/** A model whose graph and data file are in its folder. */
export interface QuantizedModel {
  readonly summary: CalibrationSummary;
  readonly serialized: SerializedModel;
}

/**
 * Chooses how the float Linears of a model run, by measuring on {@link CALIBRATION_TEXTS}. Graphs that are tried are written
 * into `folder` under the names of a compiled model, beside its word embeddings; the one that is chosen stays.
 *
 * @throws {@link ModelError} `MODEL_INT8_INEXACT` with `strict`; `MODEL_RUNTIME_MISSING`, `MODEL_RUNTIME_FAILED`.
 */
export async function quantizeOnLoad(folder: string, job: QuantizeOnLoadJob): Promise<QuantizedModel> {
  const { manifest, weights, numerics, logger, signal } = job;
  const start = performance.now();
  logger.info(`${manifest.id} holds float weights: measuring what they lose in int8`);
  const texts = calibrationIds(job);
  const written: { last: WrittenGraph | null } = { last: null };
  const write = async (choice: LinearChoice, probe?: StatisticsProbe): Promise<SerializedModel> => {
    const graph = buildGraph(manifest, weights, { numerics, ...choice, probe });
    probe?.finish(graph);
    const serialized = graph.serialize(DATA_FILE);
    await writeModel(folder, serialized, signal);
    written.last = { choice, serialized };
    return serialized;
  };
  const { choice, summary } = await calibrate({
    modelId: manifest.id,
    texts,
    strict: job.strict,
    // PyTorch has 7 bits and no scale a token.
    allowsRowwise: numerics === 'full',
    levels: numerics === 'full' ? 255 : 127,
    weight: ({ module, outputSize, inputSize }) => weights.tensor(`${module}.weight`, [outputSize, inputSize]),
    async run(tried, probe) {
      await write(tried, probe);
      return runTexts(join(folder, MODEL_FILE), texts, probe, signal);
    },
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  logger.info(`${manifest.id}: ${describeCalibration(summary)}; ${seconds} s`);
  return { summary, serialized: written.last?.choice === choice ? written.last.serialized : await write(choice) };
}

async function runTexts(
  modelPath: string,
  texts: readonly Int32Array[],
  probe: StatisticsProbe | undefined,
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  const runtime = await loadRuntime();
  const session = await runtime.createSession(modelPath, probe === undefined ? {} : { output: STATISTICS_OUTPUT });
  try {
    const rows: Float32Array[] = [];
    // A copy: the runtime may keep the memory of its outputs.
    for (const ids of texts) {
      rows.push(new Float32Array(await session.run(ids)));
      // The runtime blocks the thread: without a turn of its own nobody would learn of Ctrl-C.
      await nextTurn();
      signal?.throwIfAborted();
    }
    return rows;
  } finally {
    await session.release();
  }
}

/** The texts with the model's prompts, those of questions and of documents in turn. */
function calibrationIds({ manifest, tokenizer: image }: QuantizeOnLoadJob): Int32Array[] {
  const tokenizer = openTokenizer(image);
  const { query, document } = manifest.prompts;
  return CALIBRATION_TEXTS.map((text, index) => {
    const prompt = (index % 2 === 0 ? document : query) ?? '';
    // A copy: the tokenizer may use its buffer again.
    return Int32Array.from(tokenizer.encode(prompt + text, { maxLength: manifest.maxTokens }).ids);
  });
}
