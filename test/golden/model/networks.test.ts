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

interface Golden {
  readonly texts: ReadonlyArray<{ readonly ids: readonly number[]; readonly embedding: readonly number[] }>;
}

async function compare(name: string, runtime?: RuntimeName): Promise<{ cosine: number; difference: number }> {
  const folder = join(FIXTURES, name);
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;
  const manifest = await readManifest(folder);
  await using opened = await openModelWeights(manifest, join(folder, 'model.safetensors'));
  const rows = await runNetwork(manifest, opened.weights, { texts: golden.texts.map(({ ids }) => ids), runtime });
  for (const row of rows) expect(row.length).toBe(manifest.dimensions);
  return {
    cosine: Math.min(...rows.map((row, index) => cosine(row, golden.texts[index]!.embedding))),
    difference: Math.max(...rows.map((row, index) => largestDifference(row, golden.texts[index]!.embedding))),
  };
}

describe('a network run in float32', () => {
  it.each(MODELS)('gives what sentence-transformers gives: %s', async (name) => {
    const { cosine: worst, difference } = await compare(name);
    expect(worst).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThan(2e-5);
  });

  it.each(RUNTIMES)('needs no operator that %s lacks', async (runtime) => {
    for (const name of ['mpnet-cls', 'bert-three-poolings', 'xlm-roberta-weightedmean', 'bert-max-dense-norm']) {
      expect((await compare(name, runtime)).cosine).toBeGreaterThanOrEqual(0.99999);
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
