import type { Tensor } from '../../tensor/tensor.ts';
import { float32Initializer, littleEndianBytes, readFiniteFloat32, transpose } from './initializer-bytes.ts';
import type { LinearLayer } from './linear-form.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';
import { balanceWeight, quantizeWeight, type QuantizedWeight } from './quantize-weight.ts';
import { shiftedBias, type RowwiseOperands } from './rowwise-linear.ts';

/**
 * A Linear that the checkpoint holds as float, and the constants its forms need: each is added to the graph when it is
 * first asked for, and read and quantized when the data file is written.
 */
export class FloatLinear {
  readonly layer: LinearLayer;
  readonly #graph: OnnxGraph;
  readonly #weight: Tensor;
  readonly #bias: Tensor | null;
  #balance: Float32Array | null = null;
  readonly #added = new Set<ValueName>();
  /** Kept from the first of the initializers made of it to the last. */
  #quantized: { readonly value: Promise<QuantizedWeight>; uses: number } | null = null;
  #uses = 0;

  /**
   * @param tensors.weight - [outputSize, inputSize]
   * @param tensors.bias - [outputSize], or null where the Linear has none.
   */
  constructor(
    graph: OnnxGraph,
    layer: LinearLayer,
    tensors: { readonly weight: Tensor; readonly bias: Tensor | null },
  ) {
    this.#graph = graph;
    this.layer = layer;
    this.#weight = tensors.weight;
    this.#bias = tensors.bias;
  }

  /** Adds the product in float32. */
  addFloat(input: ValueName): ValueName {
    const { inputSize, outputSize, module } = this.layer;
    const weight = this.#weight;
    const transposed = this.#graph.initializer(
      `${module}.weight`,
      'float32',
      [inputSize, outputSize],
      async function* () {
        yield littleEndianBytes(transpose(await readFiniteFloat32(weight), outputSize, inputSize));
      },
    );
    const product = this.#graph.node('MatMul', [input, transposed]);
    const bias = this.#biasAsStored();
    return bias === '' ? product : this.#graph.node('Add', [product, bias]);
  }

  /**
   * int8 matrix [inputSize, outputSize], float32 scale [outputSize], and the bias; empty where there is none.
   *
   * @param balance - What each input channel is divided by before; the weights are multiplied by it.
   */
  int8Operands(balance: Float32Array | null = null): { matrix: ValueName; scale: ValueName; bias: ValueName } {
    this.#balance = balance;
    return { ...this.#quantizedWeight(), bias: this.#biasAsStored() };
  }

  rowwiseOperands(): RowwiseOperands {
    const { inputMinimum, outputSize, module } = this.layer;
    if (inputMinimum === undefined) return this.int8Operands();
    const stored = this.#bias;
    const bias = this.#once(`${module}.bias_shifted`, 'float32', [outputSize], async (quantized) =>
      shiftedBias(
        stored === null ? new Float32Array(outputSize) : await readFiniteFloat32(stored),
        inputMinimum,
        quantized,
      ),
    );
    return { ...this.#quantizedWeight(), bias };
  }

  #quantizedWeight(): { matrix: ValueName; scale: ValueName } {
    const { inputSize, outputSize, module } = this.layer;
    const matrix = this.#once(`${module}.weight_int8`, 'int8', [inputSize, outputSize], ({ elements }) =>
      transpose(elements, outputSize, inputSize),
    );
    const scale = this.#once(`${module}.weight_scale`, 'float32', [outputSize], ({ scales }) => scales);
    return { matrix, scale };
  }

  #biasAsStored(): ValueName {
    if (this.#bias === null) return '';
    const name = `${this.layer.module}.bias`;
    if (this.#added.has(name)) return name;
    this.#added.add(name);
    return float32Initializer(this.#graph, name, this.#bias);
  }

  /** An initializer made of the quantized weight; the second time only its name. */
  #once(
    name: ValueName,
    type: 'int8' | 'float32',
    dims: readonly number[],
    make: (quantized: QuantizedWeight) => Promise<Float32Array> | Float32Array | Int8Array,
  ): ValueName {
    if (this.#added.has(name)) return name;
    this.#added.add(name);
    this.#uses++;
    const use = <Result>(work: (quantized: QuantizedWeight) => Result): Promise<Awaited<Result>> => this.#use(work);
    return this.#graph.initializer(name, type, dims, async function* () {
      yield littleEndianBytes(await use(make));
    });
  }

  async #readBalanced(): Promise<Float32Array> {
    const values = await readFiniteFloat32(this.#weight);
    return this.#balance === null ? values : balanceWeight(values, this.#balance);
  }

  /** Quantizes for the first initializer and lets go after the last: a model's int8 weights are never all in memory. */
  async #use<Result>(work: (quantized: QuantizedWeight) => Result): Promise<Awaited<Result>> {
    const { outputSize } = this.layer;
    this.#quantized ??= {
      value: this.#readBalanced().then((values) => quantizeWeight(values, outputSize)),
      uses: 0,
    };
    const quantized = this.#quantized;
    const result = await work(await quantized.value);
    if (++quantized.uses >= this.#uses) this.#quantized = null;
    return result;
  }
}
