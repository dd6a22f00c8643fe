import { dirname } from 'node:path';
import type { DynamicLinear, StateDict } from '../../../src/checkpoint/state-dict.ts';
import type { ModelManifest } from '../../../src/model/manifest.ts';
import { ModelWeights } from '../../../src/model/onnx/model-weights.ts';
import { networkParts } from '../../../src/model/onnx/network-parts.ts';
import type { Dtype } from '../../../src/tensor/dtype.ts';
import type { ReadTensorOptions, Tensor, TensorElements, TensorQuantization } from '../../../src/tensor/tensor.ts';

/** Deterministic numbers in -1..1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

/** A tensor that lives in memory. */
export function memoryTensor(
  name: string,
  shape: readonly number[],
  elements: Float32Array | Int8Array | Uint8Array,
  quantization: TensorQuantization | null = null,
): Tensor {
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  const dtype: Dtype =
    elements instanceof Float32Array ? 'float32' : elements instanceof Int8Array ? 'qint8' : 'quint8';
  const readElements = (options: ReadTensorOptions = {}): TensorElements => {
    const start = options.startRow ?? 0;
    const end = options.rowCount === undefined ? shape[0]! : start + options.rowCount;
    return elements.slice(start * width, end * width);
  };
  return {
    name,
    dtype,
    shape,
    elementCount: elements.length,
    quantization,
    extent: { byteOffset: 0, byteLength: elements.byteLength },
    readElements: async (options) => readElements(options),
    readFloat32: async (options = {}) => {
      const stored = readElements(options);
      const startRow = options.startRow ?? 0;
      return Float32Array.from(Array.from(stored, Number), (value, index) => {
        if (quantization === null) return value;
        if (quantization.granularity === 'per-tensor') return (value - quantization.zeroPoint) * quantization.scale;
        const row = startRow + Math.floor(index / width);
        return (value - quantization.zeroPoints[row]!) * quantization.scales[row]!;
      });
    },
  };
}

export function stateDictOf(tensors: readonly Tensor[], dynamicLinears: readonly DynamicLinear[] = []): StateDict {
  return {
    format: 'torch-zip',
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    dynamicLinears: new Map(dynamicLinears.map((linear) => [linear.module, linear])),
    quantizedEmbeddings: new Set(),
    ignoredEntries: new Map(),
  };
}

/** A BERT of two layers, small enough to compute by hand. */
export const SYNTHETIC_MANIFEST: ModelManifest = {
  folder: '/nowhere',
  id: 'synthetic',
  architecture: 'bert',
  vocabularySize: 40,
  hiddenSize: 24,
  layerCount: 2,
  attentionHeads: 3,
  intermediateSize: 48,
  maxPositions: 20,
  positionOffset: 0,
  activation: 'gelu',
  layerNormEpsilon: 1e-12,
  relativeAttentionBuckets: null,
  pooling: 'mean',
  extraPoolings: [],
  modules: [],
  normalize: true,
  dimensions: 24,
  maxTokens: 20,
  truncationSide: 'right',
  prompts: { query: '', document: '' },
  defaultPrompt: '',
  similarity: 'cosine',
  extraWeightFiles: [],
};

/** Random float32 weights for a network, without prefix, and for the modules behind it. */
export function syntheticTensors(manifest: ModelManifest = SYNTHETIC_MANIFEST, seed = 1): Tensor[] {
  const random = randomNumbers(seed);
  const { hiddenSize: h, intermediateSize: f, vocabularySize, maxPositions } = manifest;
  const { layers, layer: parts, hasTokenTypes, relativeBias } = networkParts(manifest.architecture);
  const tensor = (name: string, shape: readonly number[], spread: number, center = 0): Tensor =>
    memoryTensor(
      name,
      shape,
      Float32Array.from(
        { length: shape.reduce((product, size) => product * size, 1) },
        () => center + spread * random(),
      ),
    );
  const norm = (name: string, size = h): Tensor[] => [
    tensor(`${name}.weight`, [size], 0.2, 1),
    tensor(`${name}.bias`, [size], 0.2),
  ];
  const linear = (name: string, out: number, input: number): Tensor[] => [
    tensor(`${name}.weight`, [out, input], 0.3),
    tensor(`${name}.bias`, [out], 0.2),
  ];
  return [
    tensor('embeddings.word_embeddings.weight', [vocabularySize, h], 0.5),
    tensor('embeddings.position_embeddings.weight', [maxPositions, h], 0.3),
    ...(hasTokenTypes ? [tensor('embeddings.token_type_embeddings.weight', [2, h], 0.3)] : []),
    ...(relativeBias === null
      ? []
      : [tensor(relativeBias, [manifest.relativeAttentionBuckets ?? 32, manifest.attentionHeads], 1)]),
    ...norm('embeddings.LayerNorm'),
    ...Array.from({ length: manifest.layerCount }, (_, index) => `${layers}.${index}`).flatMap((layer) => [
      ...[parts.query, parts.key, parts.value, parts.attentionOutput].flatMap((part) =>
        linear(`${layer}.${part}`, h, h),
      ),
      ...norm(`${layer}.${parts.attentionNorm}`),
      ...linear(`${layer}.${parts.intermediate}`, f, h),
      ...linear(`${layer}.${parts.output}`, h, f),
      ...norm(`${layer}.${parts.outputNorm}`),
    ]),
    ...manifest.modules.flatMap((module) => {
      if (module.kind === 'normalize') return [];
      const folder = dirname(module.weightFile);
      if (module.kind === 'layer-norm') return norm(`${folder}.norm`, module.size);
      const own = linear(`${folder}.linear`, module.outputSize, module.inputSize);
      const residual = linear(`${folder}.residual`, module.outputSize, module.inputSize).slice(0, 1);
      return [...own.slice(0, module.bias ? 2 : 1), ...residual];
    }),
  ];
}

/** Weights of a network and its modules, from tensors as {@link syntheticTensors} names them. */
export function weightsOf(manifest: ModelManifest, tensors: readonly Tensor[]): ModelWeights {
  const modules = new Map(
    manifest.extraWeightFiles.map((file) => {
      const folder = `${dirname(file)}.`;
      const own = tensors.filter(({ name }) => name.startsWith(folder));
      return [dirname(file), stateDictOf(own.map((tensor) => ({ ...tensor, name: tensor.name.slice(folder.length) })))];
    }),
  );
  return new ModelWeights(stateDictOf(tensors), modules);
}
