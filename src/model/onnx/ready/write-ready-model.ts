import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_FILE } from '../../cache-folder.ts';
import type { ModelManifest } from '../../manifest.ts';
import type { TokenizerSource } from '../../tokenizer/load-tokenizer.ts';
import {
  COMPILED_FORMAT,
  DATA_FILE,
  MODEL_FILE,
  TOKENIZER_FILE,
  type CompiledRecord,
  type ReadyGraph,
} from '../compiled-model.ts';

/** What is written. */
export interface ReadyJob {
  readonly manifest: ModelManifest;
  readonly ready: ReadyGraph;
  readonly tokenizer: TokenizerSource;
  readonly fingerprint: string;
}

/**
 * Writes what a ready graph needs beside itself into an existing, empty folder: the compiled tokenizer, and the modules
 * behind the pooling, where there are any.
 *
 * @throws {@link CheckpointError} or {@link ModelError} when the weights of a module cannot be used.
 */
export async function writeReadyModel(
  folder: string,
  { manifest, ready, tokenizer, fingerprint }: ReadyJob,
): Promise<void> {
  await writeFile(join(folder, TOKENIZER_FILE), tokenizer.compiled);
  const record: CompiledRecord = {
    format: COMPILED_FORMAT,
    fingerprint,
    source: ready.modelPath,
    files: {
      [TOKENIZER_FILE]: tokenizer.compiled.byteLength,
      ...(ready.plan.hasModules ? await writeModules(folder, manifest) : {}),
    },
  };
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(record, null, 2));
}

/** @returns bytes of each file. */
async function writeModules(folder: string, manifest: ModelManifest): Promise<Record<string, number>> {
  // Loaded late: most ready graphs have no modules.
  const [{ buildModulesGraph }, { openModuleWeights }, { writeModel }] = await Promise.all([
    import('../build-graph.ts'),
    import('../open-model-weights.ts'),
    import('../write-model.ts'),
  ]);
  await using opened = await openModuleWeights(manifest, { verifyTensorCrc: true });
  const serialized = buildModulesGraph(manifest, opened.weights, { numerics: 'full' }).serialize(DATA_FILE);
  await writeModel(folder, serialized);
  return { [MODEL_FILE]: serialized.model.byteLength, [DATA_FILE]: serialized.externalByteLength };
}
