import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../../src/model/network-config.ts';
import { POOLINGS } from '../../../src/model/sentence-pipeline.ts';
import { readManifest } from '../../../src/model/manifest.ts';
import { openModelWeights } from '../../../src/model/onnx/open-model-weights.ts';
import { RUNTIMES, type RuntimeName } from '../../../src/model/onnx/runtime.ts';
import { cosine, largestDifference, runNetwork } from './networks.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/model/networks/', import.meta.url));
const MODELS = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** Quantized dynamically by torch. */
const INT8_MODELS = MODELS.filter((name) => name.endsWith('-int8'));
const FLOAT_MODELS = MODELS.filter((name) => !INT8_MODELS.includes(name));

interface Golden {
  readonly texts: ReadonlyArray<{ readonly ids: readonly number[]; readonly embedding: readonly number[] }>;
}

interface Agreement {
  /** Of each text to its golden, ascending. */
  readonly cosines: readonly number[];
  /** Largest of any number. */
  readonly difference: number;
}

async function compare(name: string, runtime?: RuntimeName): Promise<Agreement> {
  const folder = join(FIXTURES, name);
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;
  const manifest = await readManifest(folder);
  const file = INT8_MODELS.includes(name) ? 'pytorch_model.bin' : 'model.safetensors';
  await using opened = await openModelWeights(manifest, join(folder, file));
  const texts = golden.texts.map(({ ids }) => ids);
  const rows = await runNetwork(manifest, opened.weights, { texts, runtime, linears: { numerics: 'torch' } });
  for (const row of rows) expect(row.length).toBe(manifest.dimensions);
  return {
    cosines: rows
      .map((row, index) => cosine(row, golden.texts[index]!.embedding))
      .toSorted((left, right) => left - right),
    difference: Math.max(...rows.map((row, index) => largestDifference(row, golden.texts[index]!.embedding))),
  };
}

describe('a network', () => {
  it.each(FLOAT_MODELS)('gives what sentence-transformers gives: %s', async (name) => {
    const { cosines, difference } = await compare(name);
    expect(cosines[0]).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThan(2e-5);
  });

  it.each(INT8_MODELS)('gives what PyTorch gives with its int8 numerics: %s', async (name) => {
    const { cosines } = await compare(name);
    // Linears are exact; a value between them that another CPU rounds otherwise may fall to the next of 127 steps.
    expect(cosines[0]).toBeGreaterThanOrEqual(0.998);
    expect(cosines[2]).toBeGreaterThanOrEqual(0.99999);
  });

  it.each(RUNTIMES)('needs no operator that %s lacks', async (runtime) => {
    for (const name of ['mpnet-cls', 'bert-three-poolings', 'xlm-roberta-weightedmean', 'bert-max-dense-norm']) {
      expect((await compare(name, runtime)).cosines[0]).toBeGreaterThanOrEqual(0.99999);
    }
  });

  it('is tested with every architecture and every pooling', async () => {
    const manifests = await Promise.all(MODELS.map((name) => readManifest(join(FIXTURES, name))));
    expect([...new Set(manifests.map(({ architecture }) => architecture))].toSorted()).toEqual(
      ARCHITECTURES.toSorted(),
    );
    const poolings = manifests.flatMap(({ pooling, extraPoolings }) => [pooling, ...extraPoolings]);
    expect([...new Set(poolings)].toSorted()).toEqual(POOLINGS.toSorted());
  });
});
