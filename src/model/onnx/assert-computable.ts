import type { ModelManifest } from '../manifest.ts';
import { buildGraph } from './build-graph.ts';
import { openModelWeights } from './open-model-weights.ts';

/**
 * Looks whether a checkpoint has every weight its network and modules need, in shapes and dtypes that are computed. Only
 * indexes are read.
 *
 * @param path - Checkpoint of the network.
 * @throws {@link ModelError} `MODEL_TENSOR_MISSING`, `MODEL_SHAPE_MISMATCH` or `MODEL_UNSUPPORTED`; {@link CheckpointError}.
 */
export async function assertComputable(manifest: ModelManifest, path: string): Promise<void> {
  await using opened = await openModelWeights(manifest, path);
  // Weights are read when a graph is written, which this one never is.
  buildGraph(manifest, opened.weights, { numerics: 'torch' });
}
