import { openCheckpoint } from '../checkpoint/open-checkpoint.ts';
import type { CheckpointFormat, StateDict } from '../checkpoint/state-dict.ts';
import type { Dtype } from '../tensor/dtype.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** How a tensor's numbers are stored, in one word; `none` is an ordinary tensor. */
export type StoredScheme = 'none' | 'per-tensor' | 'per-channel';

/** Tensors alike in dtype and scheme. */
export interface TensorGroup {
  readonly dtype: Dtype;
  readonly scheme: StoredScheme;
  readonly tensors: number;
  readonly elements: number;
  /** Bytes of the stored elements, scales not counted. */
  readonly bytes: number;
}

/** What stands in a checkpoint file: its index, summed up. No tensor is read and nothing is executed. */
export interface CheckpointContent {
  readonly path: string;
  readonly format: CheckpointFormat;
  readonly sizeBytes: number;
  /** Globals its pickle names, in order of first use. */
  readonly globals: readonly string[];
  /** Largest first. */
  readonly groups: readonly TensorGroup[];
  /** Module paths of int8 Linears and of Linears kept in float, in the order of the file. */
  readonly linears: { readonly int8: readonly string[]; readonly float: readonly string[] };
  readonly quantizedEmbeddings: readonly string[];
}

/**
 * Reads the index of a checkpoint file.
 *
 * @throws {@link CheckpointError} with the code that says why the file is not read.
 */
export async function readCheckpointContent(path: string): Promise<CheckpointContent> {
  await using checkpoint = await openCheckpoint(path);
  const { stateDict, format, sizeBytes, globals } = checkpoint;
  return {
    path,
    format,
    sizeBytes,
    globals,
    groups: groupTensors([...stateDict.tensors.values()]),
    linears: linearsOf(stateDict),
    quantizedEmbeddings: [...stateDict.quantizedEmbeddings],
  };
}

function groupTensors(tensors: readonly Tensor[]): TensorGroup[] {
  const groups = Map.groupBy(tensors, ({ dtype, quantization }) => `${dtype} ${quantization?.granularity ?? 'none'}`);
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const sum = (size: (tensor: Tensor) => number): number =>
        members.reduce((total, tensor) => total + size(tensor), 0);
      return {
        dtype: first.dtype,
        scheme: first.quantization?.granularity ?? ('none' as const),
        tensors: members.length,
        elements: sum(({ elementCount }) => elementCount),
        bytes: sum(({ extent }) => extent.byteLength),
      };
    })
    .toSorted((left, right) => right.bytes - left.bytes);
}

/** Matrices of modules that are no embeddings are taken for Linears. */
function linearsOf(stateDict: StateDict): CheckpointContent['linears'] {
  const float = [...stateDict.tensors.values()]
    .filter(({ name, shape }) => name.endsWith('.weight') && shape.length === 2 && !name.includes('embeddings'))
    .map(({ name }) => name.slice(0, -'.weight'.length))
    .filter((module) => !stateDict.dynamicLinears.has(module));
  return { int8: [...stateDict.dynamicLinears.keys()], float };
}
