import { openCheckpoint, type OpenCheckpointOptions } from '../checkpoint/open-checkpoint.ts';
import type { CheckpointFormat, StateDict } from '../checkpoint/state-dict.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  checkpointQuantization,
  dominantDtype,
  unreadableTensors,
  type WeightsQuantization,
} from './detection/checkpoint-quantization.ts';
import { graphQuantization } from './detection/graph-quantization.ts';
import type { OnnxModel } from './onnx-file/onnx-model.ts';
import { readOnnxModel } from './onnx-file/read-onnx-model.ts';

/** How a tensor's numbers are stored, in one word; `none` is an ordinary tensor. */
export type StoredScheme = 'none' | 'per-tensor' | 'per-channel';

/** Tensors alike in dtype and scheme. */
export interface TensorGroup {
  /** As the checkpoint or the graph calls it. */
  readonly dtype: string;
  readonly scheme: StoredScheme;
  readonly tensors: number;
  readonly elements: number;
  /** Bytes of the stored elements, scales not counted. */
  readonly bytes: number;
}

/** What stands in a checkpoint or ONNX graph: its index, summed up. Nothing is executed. */
export interface CheckpointContent {
  readonly path: string;
  readonly format: CheckpointFormat | 'onnx';
  /** Of all its files. */
  readonly sizeBytes: number;
  /** Globals its pickle names, in order of first use. */
  readonly globals: readonly string[];
  /** Largest first. */
  readonly groups: readonly TensorGroup[];
  /** How many tensors are left out because their type is not read here, by type. */
  readonly unreadable: Readonly<Record<string, number>>;
  /** The dtype most bytes of its weights are stored in; null when there are none. */
  readonly dominantDtype: string | null;
  /** Module paths of int8 Linears and of Linears kept in float, in the order of the file; none for a graph. */
  readonly linears: { readonly int8: readonly string[]; readonly float: readonly string[] };
  readonly quantizedEmbeddings: readonly string[];
  /** Operators of a graph and how often they stand in it; null for a checkpoint. */
  readonly operators: Readonly<Record<string, number>> | null;
  readonly quantization: WeightsQuantization;
}

/**
 * Reads the index of a checkpoint, sharded or not, or an ONNX graph without its weights.
 *
 * @param path - Of a checkpoint, the index of shards, or an `.onnx` file.
 * @param options - With `verifyTensorCrc` the tensors of a checkpoint are read as well, once, where it has checksums.
 * @throws {@link CheckpointError} or {@link OnnxError} with the code that says why the file is not read.
 */
export async function readCheckpointContent(
  path: string,
  options: OpenCheckpointOptions = {},
): Promise<CheckpointContent> {
  if (path.endsWith('.onnx')) return graphContent(await readOnnxModel(path));
  await using checkpoint = await openCheckpoint(path, options);
  const { stateDict, format, sizeBytes, globals } = checkpoint;
  const tensors = [...stateDict.tensors.values()];
  return {
    path,
    format,
    sizeBytes,
    globals,
    groups: groupTensors(tensors.map(describeTensor)),
    unreadable: Object.fromEntries(unreadableTensors(stateDict)),
    dominantDtype: dominantDtype(tensors),
    linears: linearsOf(stateDict),
    quantizedEmbeddings: [...stateDict.quantizedEmbeddings],
    operators: null,
    quantization: checkpointQuantization(stateDict, globals),
  };
}

function graphContent(model: OnnxModel): CheckpointContent {
  const groups = groupTensors(
    model.constants.map(({ type, dims, byteLength }) => ({
      dtype: type,
      scheme: 'none' as const,
      elements: dims.reduce((product, size) => product * size, 1),
      bytes: byteLength ?? 0,
    })),
  );
  return {
    path: model.path,
    format: 'onnx',
    sizeBytes: model.sizeBytes,
    globals: [],
    groups,
    unreadable: {},
    dominantDtype: groups[0]?.dtype ?? null,
    linears: { int8: [], float: [] },
    quantizedEmbeddings: [],
    operators: model.operators,
    quantization: graphQuantization(model),
  };
}

type DescribedTensor = Omit<TensorGroup, 'tensors'>;

function describeTensor({ dtype, quantization, elementCount, extent }: Tensor): DescribedTensor {
  return { dtype, scheme: quantization?.granularity ?? 'none', elements: elementCount, bytes: extent.byteLength };
}

function groupTensors(tensors: readonly DescribedTensor[]): TensorGroup[] {
  const groups = Map.groupBy(tensors, ({ dtype, scheme }) => `${dtype} ${scheme}`);
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { dtype, scheme } = first;
      const elements = members.reduce((sum, tensor) => sum + tensor.elements, 0);
      const bytes = members.reduce((sum, tensor) => sum + tensor.bytes, 0);
      return { dtype, scheme, tensors: members.length, elements, bytes };
    })
    .toSorted((left, right) => right.bytes - left.bytes);
}

/** Matrices of modules that are no embeddings are taken for Linears. */
function linearsOf({ tensors, dynamicLinears }: StateDict): CheckpointContent['linears'] {
  const linears = [...tensors.values()]
    .filter(({ name, shape }) => name.endsWith('.weight') && shape.length === 2)
    .map((tensor) => ({ tensor, module: tensor.name.slice(0, -'.weight'.length) }))
    .filter(({ module }) => dynamicLinears.has(module) || !/embed|attention_bias/.test(module));
  const modules = (int8: boolean): string[] =>
    linears.filter(({ tensor }) => isInt8(tensor) === int8).map(({ module }) => module);
  return { int8: modules(true), float: modules(false) };
}

function isInt8({ dtype, quantization }: Tensor): boolean {
  return quantization !== null || dtype === 'int8' || dtype === 'uint8';
}
