import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open-checkpoint.ts';

const MODEL = new URL('../../../models/codegraphai/multilingual-e5-small-int8/', import.meta.url);

async function sha256Of(name: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(new URL(name, MODEL)))
    .digest('hex');
}

describe('the model that ships with the package', () => {
  it('has the bytes it was published with', async () => {
    expect(await sha256Of('pytorch_model.bin')).toBe(
      '550ebe9dffd315d3a4c47f2dd6d3d7580d9ea6e320af3ec3d89c669be6dbab3b',
    );
    expect(await sha256Of('tokenizer.json')).toBe('0bdb21c45a4bbd53a7297d9d1a68d0575ec088aeb40a7e0c0f332805e41d6459');
  });

  it('has the tensors of a 12-layer BertModel, quantized but for three FFN outputs', async () => {
    await using checkpoint = await openCheckpoint(fileURLToPath(new URL('pytorch_model.bin', MODEL)), {
      verifyTensorCrc: true,
    });
    const { tensors, dynamicLinears, quantizedEmbeddings } = checkpoint.stateDict;
    const expected: Array<[name: string, shape: number[]]> = [
      ['embeddings.word_embeddings.weight', [70_000, 384]],
      ['embeddings.position_embeddings.weight', [512, 384]],
      ['embeddings.token_type_embeddings.weight', [2, 384]],
      ['embeddings.LayerNorm.weight', [384]],
      ['embeddings.LayerNorm.bias', [384]],
    ];
    const linears: string[] = [];
    for (let layer = 0; layer < 12; layer += 1) {
      const prefix = `encoder.layer.${layer}`;
      for (const [name, outFeatures, inFeatures] of [
        ['attention.self.query', 384, 384],
        ['attention.self.key', 384, 384],
        ['attention.self.value', 384, 384],
        ['attention.output.dense', 384, 384],
        ['intermediate.dense', 1536, 384],
        ['output.dense', 384, 1536],
      ] as const) {
        linears.push(`${prefix}.${name}`);
        expected.push(
          [`${prefix}.${name}.weight`, [outFeatures, inFeatures]],
          [`${prefix}.${name}.bias`, [outFeatures]],
        );
      }
      for (const name of ['attention.output.LayerNorm', 'output.LayerNorm']) {
        expected.push([`${prefix}.${name}.weight`, [384]], [`${prefix}.${name}.bias`, [384]]);
      }
    }
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
    expect(Object.fromEntries(shapes)).toEqual(Object.fromEntries(expected));

    expect([...quantizedEmbeddings]).toEqual(['embeddings.word_embeddings']);
    const left = linears.filter((module) => !dynamicLinears.has(module));
    expect(left).toHaveLength(3);
    for (const module of left) expect(tensors.get(`${module}.weight`)?.dtype, module).toBe('float32');
    for (const [module, linear] of dynamicLinears) {
      expect(linear).toEqual({ module, activationRange: 'reduce-range', hasBias: true });
      expect(tensors.get(`${module}.weight`)?.dtype).toBe('qint8');
    }
  });

  it('reads single rows of the word embeddings', async () => {
    await using checkpoint = await openCheckpoint(fileURLToPath(new URL('pytorch_model.bin', MODEL)));
    const table = checkpoint.stateDict.tensors.get('embeddings.word_embeddings.weight');
    const some = await table?.readElements({ startRow: 69_990, rowCount: 10 });
    const last = await table?.readElements({ startRow: 69_999 });
    expect(some?.length).toBe(3840);
    expect(some?.subarray(9 * 384)).toEqual(last);
  });
});
