import { describe, expect, it } from 'vitest';
import { ModelWeights } from '../../../../src/model/onnx/model-weights.ts';
import { memoryTensor, stateDictOf } from '../synthetic-model.ts';

const ANCHOR = 'embeddings.word_embeddings.weight';
const vector = (name: string, ...values: number[]): ReturnType<typeof memoryTensor> =>
  memoryTensor(name, [values.length], Float32Array.from(values));
const words = (prefix: string): ReturnType<typeof memoryTensor> =>
  memoryTensor(prefix + ANCHOR, [1, 1], Float32Array.of(0));

function thrown(code: string, tensor: string): unknown {
  return expect.objectContaining({ code, details: expect.objectContaining({ tensor }) });
}

describe('ModelWeights', () => {
  it.each(['', 'bert.', 'roberta.', 'distilbert.', 'mpnet.', 'model.', '0.auto_model.', 'module.model.bert.'])(
    'finds tensors behind the prefix "%s" and no others',
    (prefix) => {
      const tensors = [words(prefix), vector(`${prefix}own.bias`, 1), vector('lm_head.bias', 2)];
      const weights = new ModelWeights(stateDictOf(tensors));
      expect(weights.tensor('own.bias', [1]).name).toBe(`${prefix}own.bias`);
      if (prefix !== '') expect(weights.find('lm_head.bias')).toBeNull();
    },
  );

  it('knows the names LayerNorm once had, and prefers those of today', () => {
    const old = [vector('a.LayerNorm.gamma', 1), vector('a.LayerNorm.beta', 2), vector('b.LayerNorm.gamma', 3)];
    const weights = new ModelWeights(stateDictOf([words(''), ...old, vector('b.LayerNorm.weight', 4)]));
    expect(weights.find('a.LayerNorm.weight')?.name).toBe('a.LayerNorm.gamma');
    expect(weights.find('a.LayerNorm.bias')?.name).toBe('a.LayerNorm.beta');
    expect(weights.find('b.LayerNorm.weight')?.name).toBe('b.LayerNorm.weight');
    expect(weights.find('b.LayerNorm.bias')).toBeNull();
  });

  it('finds tensors of modules behind their names, and names them so in errors', () => {
    const dense = stateDictOf(
      [vector('linear.bias', 1, 2)],
      [{ module: 'linear', activationRange: 'full', hasBias: true }],
    );
    const weights = new ModelWeights(stateDictOf([words('bert.')]), new Map([['2_Dense', dense]]));
    expect(weights.tensor('2_Dense.linear.bias', [2]).name).toBe('linear.bias');
    expect(weights.dynamicLinear('2_Dense.linear')?.activationRange).toBe('full');
    expect(weights.dynamicLinear('linear')).toBeNull();
    expect(() => weights.tensor('2_Dense.linear.bias', [3])).toThrow(
      thrown('MODEL_SHAPE_MISMATCH', '2_Dense.linear.bias'),
    );
    expect(() => weights.tensor('2_Dense.linear.weight', [3])).toThrow(
      thrown('MODEL_TENSOR_MISSING', '2_Dense.linear.weight'),
    );
    expect(() => weights.tensor('own.bias', [3])).toThrow(thrown('MODEL_TENSOR_MISSING', 'bert.own.bias'));
  });

  it('takes integers without scales for no weights', () => {
    const bare = { ...vector('own.weight', 1), dtype: 'int8' } as const;
    const weights = new ModelWeights(stateDictOf([words(''), bare]));
    expect(() => weights.tensor('own.weight', [1])).toThrow(
      expect.objectContaining({
        code: 'MODEL_SHAPE_MISMATCH',
        details: { tensor: 'own.weight', expected: 'float32', actual: 'int8' },
      }),
    );
  });
});
