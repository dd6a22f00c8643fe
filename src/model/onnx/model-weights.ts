import type { DynamicLinear, StateDict } from '../../checkpoint/state-dict.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ModelError } from '../model-error.ts';

/** Tensor every BERT checkpoint has; what stands before it is the prefix of all names. */
const ANCHOR = 'embeddings.word_embeddings.weight';

/** The tensors of a checkpoint by their names without prefix (`bert.`, `model.`, `module.`, ...), shapes checked. */
export class ModelWeights {
  readonly #stateDict: StateDict;
  readonly #prefix: string;

  /**
   * @throws {@link ModelError} `MODEL_TENSOR_MISSING` when there are no word embeddings at all, `MODEL_UNSUPPORTED` when there
   * are several networks.
   */
  constructor(stateDict: StateDict) {
    const anchors = [...stateDict.tensors.keys()].filter((name) => name === ANCHOR || name.endsWith(`.${ANCHOR}`));
    const [anchor] = anchors;
    if (anchor === undefined) throw missing(ANCHOR);
    if (anchors.length > 1) throw severalNetworks(anchors);
    this.#stateDict = stateDict;
    this.#prefix = anchor.slice(0, -ANCHOR.length);
  }

  /**
   * @throws {@link ModelError} `MODEL_TENSOR_MISSING` or `MODEL_SHAPE_MISMATCH`.
   */
  tensor(name: string, shape: readonly number[]): Tensor {
    const tensor = this.find(name);
    if (tensor === null) throw missing(this.#prefix + name);
    if (tensor.shape.length !== shape.length || shape.some((size, axis) => tensor.shape[axis] !== size)) {
      throw mismatch(tensor, shape);
    }
    return tensor;
  }

  /** As {@link tensor}, for a table of any number of rows but none. */
  matrix(name: string, columns: number): Tensor {
    return this.tensor(name, [this.find(name)?.shape[0] || 1, columns]);
  }

  /** The tensor, or null when the checkpoint has none of that name. */
  find(name: string): Tensor | null {
    return this.#stateDict.tensors.get(this.#prefix + name) ?? null;
  }

  /** What packing said about a dynamically quantized Linear, or null for an ordinary one. */
  dynamicLinear(module: string): DynamicLinear | null {
    return this.#stateDict.dynamicLinears.get(this.#prefix + module) ?? null;
  }
}

function mismatch(tensor: Tensor, expected: readonly number[]): ModelError {
  return new ModelError(
    `tensor ${tensor.name} has shape [${tensor.shape.join(', ')}], the configuration asks for [${expected.join(', ')}]`,
    {
      code: 'MODEL_SHAPE_MISMATCH',
      hint: 'Get the model again: config.json and the weights belong to different models.',
      details: { tensor: tensor.name, expected, actual: tensor.shape },
    },
  );
}

function severalNetworks(anchors: readonly string[]): ModelError {
  const feature = `a checkpoint of several networks (${anchors.join(', ')})`;
  return new ModelError(`the checkpoint holds the word embeddings of several networks: ${anchors.join(', ')}`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Save the network that encodes texts on its own, and use that checkpoint.',
    details: { feature },
  });
}

function missing(tensor: string): ModelError {
  return new ModelError(`the checkpoint has no tensor ${tensor}`, {
    code: 'MODEL_TENSOR_MISSING',
    hint: 'Use a checkpoint of a BERT sentence encoder whose config.json stands beside it.',
    details: { tensor },
  });
}
