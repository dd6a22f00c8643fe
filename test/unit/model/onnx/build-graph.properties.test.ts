import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS } from '../../../../src/model/activation.ts';
import type { ModelManifest } from '../../../../src/model/manifest.ts';
import { ARCHITECTURES } from '../../../../src/model/network-config.ts';
import { networkParts } from '../../../../src/model/onnx/network-parts.ts';
import type { SentenceModule } from '../../../../src/model/sentence-modules.ts';
import { POOLINGS } from '../../../../src/model/sentence-pipeline.ts';
import { largestDifference, runNetwork } from '../../../golden/model/networks.ts';
import { referenceNetwork } from '../reference-network.ts';
import { SYNTHETIC_MANIFEST, syntheticTensors, weightsOf } from '../synthetic-model.ts';

const VOCABULARY = 12; // Few tokens, so that the padding's is often among them.

const networks = fc
  .record({
    architecture: fc.constantFrom(...ARCHITECTURES),
    attentionHeads: fc.integer({ min: 1, max: 4 }),
    headSize: fc.integer({ min: 2, max: 9 }),
    layerCount: fc.integer({ min: 1, max: 3 }),
    intermediateSize: fc.integer({ min: 1, max: 40 }),
    tokens: fc.integer({ min: 3, max: 120 }),
    activation: fc.constantFrom(...ACTIVATIONS),
    layerNormEpsilon: fc.constantFrom(1e-12, 1e-5, 0.1),
    poolings: fc.uniqueArray(fc.constantFrom(...POOLINGS), { minLength: 1, maxLength: 3 }),
    steps: fc.array(
      fc.record({
        kind: fc.constantFrom('normalize' as const, 'layer-norm' as const, 'dense' as const),
        outputSize: fc.integer({ min: 2, max: 20 }),
        bias: fc.boolean(),
        residual: fc.boolean(),
        activation: fc.constantFrom('tanh' as const, 'linear' as const, 'gelu' as const),
      }),
      { maxLength: 3 },
    ),
    normalize: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ headSize, tokens, poolings: [pooling = 'mean', ...extraPoolings], steps, seed, ...rest }) => {
    const hiddenSize = headSize * rest.attentionHeads;
    const positionOffset = networkParts(rest.architecture).skipsPadding ? 2 : 0;
    let dimensions = hiddenSize * (1 + extraPoolings.length);
    const modules = steps.map(({ kind, ...dense }, index): SentenceModule => {
      const weightFile = `${index + 2}_Module/model.safetensors`;
      if (kind === 'normalize') return { kind };
      if (kind === 'layer-norm') return { kind, size: dimensions, weightFile };
      const inputSize = dimensions;
      dimensions = dense.outputSize;
      return { kind, inputSize, weightFile, ...dense };
    });
    const manifest: ModelManifest = {
      ...SYNTHETIC_MANIFEST,
      ...rest,
      hiddenSize,
      vocabularySize: VOCABULARY,
      maxPositions: tokens + positionOffset,
      positionOffset,
      maxTokens: tokens,
      relativeAttentionBuckets: rest.architecture === 'mpnet' ? 32 : null,
      pooling,
      extraPoolings,
      modules,
      dimensions,
      extraWeightFiles: modules.flatMap((module) => (module.kind === 'normalize' ? [] : [module.weightFile])),
    };
    return { manifest, seed };
  });

describe('buildGraph', () => {
  it('equals a plain reference for any network, length and steps behind it', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        networks,
        fc.infiniteStream(fc.nat({ max: VOCABULARY - 1 })),
        async ({ manifest, seed }, stream) => {
          const tensors = syntheticTensors(manifest, seed);
          const texts = [1, 2, manifest.maxTokens].map((length) => [...stream.take(length)]);
          const rows = await runNetwork(manifest, weightsOf(manifest, tensors), { texts });
          for (const [index, ids] of texts.entries()) {
            const expected = await referenceNetwork(manifest, tensors, ids);
            const scale = Math.max(1, ...expected.map(Math.abs));
            expect(largestDifference(rows[index]!, expected) / scale).toBeLessThan(1e-4);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
