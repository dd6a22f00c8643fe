import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelManifest } from '../../../src/model/manifest.ts';
import { buildGraph } from '../../../src/model/onnx/build-graph.ts';
import { DATA_FILE, MODEL_FILE, WORD_ROWS_FILE } from '../../../src/model/onnx/compiled-model.ts';
import { externalWordTable } from '../../../src/model/onnx/embedding-nodes.ts';
import type { LinearOptions } from '../../../src/model/onnx/linear-nodes.ts';
import type { ModelWeights } from '../../../src/model/onnx/model-weights.ts';
import { loadRuntime, type RuntimeName } from '../../../src/model/onnx/runtime.ts';
import { writeWordRows } from '../../../src/model/onnx/word-rows.ts';
import { writeModel } from '../../../src/model/onnx/write-model.ts';

/** Compiles a network and runs it over texts, one by one. */
export async function runNetwork(
  manifest: ModelManifest,
  weights: ModelWeights,
  options: {
    readonly texts: ReadonlyArray<readonly number[]>;
    readonly linears?: LinearOptions | undefined;
    readonly runtime?: RuntimeName | undefined;
  },
): Promise<Float32Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'network-'));
  try {
    const graph = buildGraph(manifest, weights, options.linears ?? { numerics: 'full' });
    await writeModel(folder, graph.serialize(DATA_FILE));
    const words = externalWordTable(weights, manifest);
    if (words !== null) await writeWordRows(join(folder, WORD_ROWS_FILE), words);
    const session = await (await loadRuntime(options.runtime)).createSession(join(folder, MODEL_FILE));
    const rows: Float32Array[] = [];
    for (const ids of options.texts) rows.push(Float32Array.from(await session.run(Int32Array.from(ids))));
    await session.release();
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let [dot, leftSquares, rightSquares] = [0, 0, 0];
  for (let index = 0; index < left.length; index++) {
    dot += left[index]! * right[index]!;
    leftSquares += left[index]! ** 2;
    rightSquares += right[index]! ** 2;
  }
  return dot / Math.sqrt(leftSquares * rightSquares);
}

export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Math.max(...Array.from(left, (value, index) => Math.abs(value - right[index]!)));
}
