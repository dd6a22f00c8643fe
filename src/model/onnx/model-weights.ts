import type { DynamicLinear, StateDict } from '../../checkpoint/state-dict.ts';
import type { Dtype } from '../../tensor/dtype.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ModelError } from '../model-error.ts';

/** Tensor every network here has; what stands before it is the prefix of all names. */
const ANCHOR = 'embeddings.word_embeddings.weight';

/** Names of LayerNorm's vectors in checkpoints that came from TensorFlow. */
const OLD_NAMES: ReadonlyArray<readonly [ending: string, old: string]> = [
  ['orm.weight', 'orm.gamma'],
  ['orm.bias', 'orm.beta'],
];

/** Integers that are no numbers without the scales of the package that packed them. */
const BARE_INTEGERS: readonly Dtype[] = ['int64', 'int32', 'int16', 'int8', 'uint8', 'bool'];

/** Where a tensor is to be found. */
interface TensorPlace {
  readonly stateDict: StateDict | null;
  /** Its name there. */
  readonly fullName: string;
  /** Its name for people. */
  readonly label: string;
}

/**
 * The tensors of a checkpoint by their names without prefix (`bert.`, `roberta.`, `0.auto_model.`, `module.`, ...),
 * shapes checked. Those of modules with files of their own stand behind the module's name (`2_Dense.linear.weight`).
 */
export class ModelWeights {
  readonly #stateDict: StateDict | null;
  readonly #prefix: string;
  readonly #modules: ReadonlyMap<string, StateDict>;

  /**
   * @param stateDict - That of the network; null where only the modules are wanted.
   * @param modules - State dicts of further modules, by the name they are to have.
   * @throws {@link ModelError} `MODEL_TENSOR_MISSING` when there are no word embeddings at all, `MODEL_UNSUPPORTED` when
   * there are several networks.
   */
  constructor(stateDict: StateDict | null, modules: ReadonlyMap<string, StateDict> = new Map()) {
    this.#modules = modules;
    this.#stateDict = stateDict;
    this.#prefix = '';
    if (stateDict === null) return;
    const anchors = [...stateDict.tensors.keys()].filter((name) => name === ANCHOR || name.endsWith(`.${ANCHOR}`));
    const [anchor] = anchors;
    if (anchor === undefined) throw missing(ANCHOR);
    if (anchors.length > 1) throw severalNetworks(anchors);
    this.#prefix = anchor.slice(0, -ANCHOR.length);
  }

  /**
   * @throws {@link ModelError} `MODEL_TENSOR_MISSING` or `MODEL_SHAPE_MISMATCH`.
   */
  tensor(name: string, shape: readonly number[]): Tensor {
    const tensor = this.find(name);
    const { label } = this.#locate(name);
    if (tensor === null) throw missing(label);
    if (tensor.shape.length !== shape.length || shape.some((size, axis) => tensor.shape[axis] !== size)) {
      throw mismatch(label, tensor, shape);
    }
    if (BARE_INTEGERS.includes(tensor.dtype)) throw bareIntegers(label, tensor);
    return tensor;
  }

  /** As {@link tensor}, for a table of any number of rows but none. */
  matrix(name: string, columns: number): Tensor {
    return this.tensor(name, [this.find(name)?.shape[0] || 1, columns]);
  }

  /** The tensor, or null when the checkpoint has none of that name. */
  find(name: string): Tensor | null {
    const { stateDict, fullName } = this.#locate(name);
    const old = OLD_NAMES.find(([ending]) => fullName.endsWith(ending));
    const oldName = old === undefined ? fullName : fullName.slice(0, -old[0].length) + old[1];
    return stateDict?.tensors.get(fullName) ?? stateDict?.tensors.get(oldName) ?? null;
  }

  /** What packing said about a dynamically quantized Linear, or null for an ordinary one. */
  dynamicLinear(module: string): DynamicLinear | null {
    const { stateDict, fullName } = this.#locate(module);
    return stateDict?.dynamicLinears.get(fullName) ?? null;
  }

  #locate(name: string): TensorPlace {
    const end = name.indexOf('.');
    const module = this.#modules.get(name.slice(0, Math.max(0, end)));
    return module === undefined
      ? { stateDict: this.#stateDict, fullName: this.#prefix + name, label: this.#prefix + name }
      : { stateDict: module, fullName: name.slice(end + 1), label: name };
  }
}

function mismatch(label: string, tensor: Tensor, expected: readonly number[]): ModelError {
  return new ModelError(
    `tensor ${label} has shape [${tensor.shape.join(', ')}], the configuration asks for [${expected.join(', ')}]`,
    {
      code: 'MODEL_SHAPE_MISMATCH',
      hint: 'Get the model again: config.json and the weights belong to different models.',
      details: { tensor: label, expected, actual: tensor.shape },
    },
  );
}

function bareIntegers(label: string, tensor: Tensor): ModelError {
  return new ModelError(`tensor ${label} holds ${tensor.dtype} where weights are floating point or quantized`, {
    code: 'MODEL_SHAPE_MISMATCH',
    hint: 'Use the float weights of this model: integers without their scales are no weights.',
    details: { tensor: label, expected: 'float32', actual: tensor.dtype },
  });
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
    hint: 'Use the checkpoint that belongs to the config.json beside it, whole.',
    details: { tensor },
  });
}
