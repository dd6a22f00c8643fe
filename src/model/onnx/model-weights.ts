import type { DynamicLinear, StateDict } from '../../checkpoint/state-dict.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ModelError } from '../model-error.ts';

/** Tensor every BERT checkpoint has; what stands before it is the prefix of all names. */
const ANCHOR = 'embeddings.word_embeddings.weight';

/** The tensors of a checkpoint by their names without prefix (`bert.`, `model.`, `module.`, ...), shapes checked. */
export class ModelWeights {
  readonly #stateDict: StateDict;
  readonly #prefix: string;

  /** @throws {@link ModelError} `MODEL_TENSOR_MISSING` when there are no word embeddings at all. */
  constructor(stateDict: StateDict) {
    const anchor = [...stateDict.tensors.keys()].find((name) => name === ANCHOR || name.endsWith(`.${ANCHOR}`));
    if (anchor === undefined) throw missing(ANCHOR);
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
      throw new ModelError(
        `tensor ${tensor.name} has shape [${tensor.shape.join(', ')}], the configuration asks for [${shape.join(', ')}]`,
        {
          code: 'MODEL_SHAPE_MISMATCH',
          hint: 'Get the model again: config.json and the weights belong to different models.',
          details: { tensor: tensor.name, expected: shape, actual: tensor.shape },
        },
      );
    }
    return tensor;
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

function missing(tensor: string): ModelError {
  return new ModelError(`the checkpoint has no tensor ${tensor}`, {
    code: 'MODEL_TENSOR_MISSING',
    hint: 'Use a checkpoint of a BERT sentence encoder whose config.json stands beside it.',
    details: { tensor },
  });
}
