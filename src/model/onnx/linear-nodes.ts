import type { Tensor, TensorQuantization } from '../../tensor/tensor.ts';
import type { Numerics } from '../encoder.ts';
import { ModelError } from '../model-error.ts';
import { ActivationQuantizer, type ActivationBits, type QuantizedActivation } from './activation-quantizer.ts';
import { FloatLinear } from './float-linear.ts';
import { float32Initializer, littleEndianBytes, transpose } from './initializer-bytes.ts';
import type { LinearForm, LinearLayer } from './linear-form.ts';
import type { ModelWeights } from './model-weights.ts';
import { addRowwiseLinear } from './rowwise-linear.ts';
import { ONNX_TYPES, type OnnxGraph, type ValueName } from './onnx-graph.ts';

/** Operands of one int8 Linear; empty names stand for parts it does not have. */
interface IntegerProduct {
  readonly activation: QuantizedActivation;
  readonly matrix: ValueName;
  readonly scale: ValueName;
  readonly zeroPoint: ValueName;
  readonly bias: ValueName;
}

export interface LinearOptions {
  readonly numerics: Numerics;
  /** The form of a Linear that the checkpoint holds as float. @defaultValue `float32` for all */
  readonly form?: ((layer: LinearLayer) => LinearForm) | undefined;
  /**
   * What the input channels of a Linear are divided by before they are quantized, powers of two; its weights are
   * multiplied by the same. Null leaves them as they are. Not asked for `rowwise` and `float32`.
   *
   * @defaultValue null for all
   */
  readonly balance?: ((layer: LinearLayer) => Float32Array | null) | undefined;
  /** Told of every Linear that the checkpoint holds as float; all of them run in float32 then. */
  readonly probe?: LinearProbe | undefined;
}

/** Watches the float Linears of a network with nodes of its own. */
export interface LinearProbe {
  /**
   * @param values.input - float32 of shape [1, sequence, inputSize].
   * @param values.exact - The Linear in float32, of shape [1, sequence, outputSize].
   */
  observe(graph: OnnxGraph, layer: LinearLayer, values: { readonly input: ValueName; readonly exact: ValueName }): void;
}

/** Adds the Linears of a checkpoint to a graph: int8 where the checkpoint is, as asked for where it is float. */
export class LinearNodes {
  readonly #graph: OnnxGraph;
  readonly #weights: ModelWeights;
  readonly #numerics: Numerics;
  readonly #form: (layer: LinearLayer) => LinearForm;
  readonly #balance: (layer: LinearLayer) => Float32Array | null;
  readonly #balancedInputs = new Map<string, ValueName>();
  readonly #probe: LinearProbe | undefined;
  readonly #activations: ActivationQuantizer;

  constructor(graph: OnnxGraph, weights: ModelWeights, options: LinearOptions) {
    this.#graph = graph;
    this.#weights = weights;
    this.#numerics = options.numerics;
    this.#form = options.form ?? (() => 'float32');
    this.#balance = options.balance ?? (() => null);
    this.#probe = options.probe;
    this.#activations = new ActivationQuantizer(graph);
  }

  /**
   * Adds `input * weightᵀ + bias`.
   *
   * @param input - float32 of shape [1, sequence, inputSize].
   * @returns float32 of shape [1, sequence, outputSize].
   */
  add(input: ValueName, layer: LinearLayer): ValueName {
    const weight = this.#weights.tensor(`${layer.module}.weight`, [layer.outputSize, layer.inputSize]);
    const range = this.#weights.dynamicLinear(layer.module)?.activationRange ?? 'none';
    if (range !== 'none' && weight.quantization !== null) {
      const bits: ActivationBits = this.#numerics === 'torch' && range === 'reduce-range' ? 7 : 8;
      return this.#addInt8(input, layer, { weight, quantization: weight.quantization, bits });
    }
    const linear = new FloatLinear(this.#graph, layer, { weight, bias: this.#biasTensor(layer) });
    if (this.#probe === undefined) return this.#addForm(input, linear, this.#form(layer));
    const exact = linear.addFloat(input);
    this.#probe.observe(this.#graph, layer, { input, exact });
    return exact;
  }

  #addForm(input: ValueName, linear: FloatLinear, form: LinearForm): ValueName {
    const { layer } = linear;
    if (form === 'float32') return linear.addFloat(input);
    if (form === 'rowwise') return addRowwiseLinear(this.#graph, input, layer, linear.rowwiseOperands());
    const bits = this.#numerics === 'torch' ? 7 : 8;
    const balance = this.#balance(layer);
    const operands = linear.int8Operands(balance);
    return this.#addInt8Product(this.#balanced(input, balance), layer, { ...operands, zeroPoint: '', bits });
  }

  /** The input divided channel by channel; once for Linears that share both. */
  #balanced(input: ValueName, balance: Float32Array | null): ValueName {
    if (balance === null) return input;
    const inverse = balance.map((factor) => 1 / factor);
    const key = `${input}:${inverse.join()}`;
    const existing = this.#balancedInputs.get(key);
    if (existing !== undefined) return existing;
    const name = `balance_${this.#balancedInputs.size}`;
    const factors = this.#graph.initializer(name, 'float32', [inverse.length], littleEndianBytes(inverse));
    const balanced = this.#graph.node('Mul', [input, factors]);
    this.#balancedInputs.set(key, balanced);
    return balanced;
  }

  #addInt8(
    input: ValueName,
    layer: LinearLayer,
    source: { weight: Tensor; quantization: TensorQuantization; bits: ActivationBits },
  ): ValueName {
    const { weight, quantization, bits } = source;
    const matrix = this.#int8Matrix(layer, weight);
    const parameters = this.#weightParameters(layer, weight, quantization);
    const bias = this.#biasTensor(layer);
    return this.#addInt8Product(input, layer, {
      matrix,
      ...parameters,
      bias: bias === null ? '' : float32Initializer(this.#graph, `${layer.module}.bias`, bias),
      bits,
    });
  }

  #addInt8Product(
    input: ValueName,
    layer: LinearLayer,
    { matrix, scale, zeroPoint, bias, bits }: Omit<IntegerProduct, 'activation'> & { bits: ActivationBits },
  ): ValueName {
    if (bits === 8 && !layer.sharesInput) {
      return this.#graph.microsoft('DynamicQuantizeMatMul', [input, matrix, scale, zeroPoint, bias]);
    }
    const activation = this.#activations.quantize(input, bits);
    const inputs = { activation, matrix, scale, zeroPoint, bias };
    return bits === 7 ? this.#addFused(inputs) : this.#addIntegerToFloat(inputs);
  }

  #addIntegerToFloat({ activation, matrix, scale, zeroPoint, bias }: IntegerProduct): ValueName {
    return this.#graph.microsoft('MatMulIntegerToFloat', [
      activation.quantized,
      matrix,
      activation.scale,
      scale,
      activation.zeroPoint,
      zeroPoint,
      bias,
    ]);
  }

  /**
   * `fmaf(sum, inputScale * weightScale, bias)` as fbgemm has it. MatMulIntegerToFloat rounds before it adds the bias,
   * which moves the last bit of 9 % of the outputs; in double the product is exact and only the sum is rounded.
   */
  #addFused({ activation, matrix, scale, zeroPoint, bias }: IntegerProduct): ValueName {
    const graph = this.#graph;
    const cast = (input: ValueName, to: number): ValueName => graph.node('Cast', [input], { attributes: { to } });
    const product = graph.node('MatMulInteger', [activation.quantized, matrix, activation.zeroPoint, zeroPoint]);
    const sum = cast(product, ONNX_TYPES.float32); // Rounds above 2^24, as fbgemm does.
    const multiplier = graph.node('Mul', [activation.scale, scale]);
    if (bias === '') return graph.node('Mul', [sum, multiplier]);
    const exact = graph.node('Mul', [cast(sum, ONNX_TYPES.float64), cast(multiplier, ONNX_TYPES.float64)]);
    return cast(graph.node('Add', [exact, cast(bias, ONNX_TYPES.float64)]), ONNX_TYPES.float32);
  }

  /** Weights stay signed: ONNX Runtime runs uint8 by uint8 at half the speed of uint8 by int8. */
  #int8Matrix(layer: LinearLayer, weight: Tensor): ValueName {
    const { inputSize, outputSize, module } = layer;
    if (weight.dtype !== 'qint8') throw unsupported(weight, `dtype ${weight.dtype}`);
    return this.#graph.initializer(`${module}.weight`, 'int8', [inputSize, outputSize], async function* () {
      const elements = await weight.readElements();
      if (!(elements instanceof Int8Array)) throw unsupported(weight, 'elements that are not int8');
      yield littleEndianBytes(transpose(elements, outputSize, inputSize));
    });
  }

  /** Scale [1] or [outputSize]; the zero point is left out when it is zero throughout, as it is in symmetric schemes. */
  #weightParameters(
    layer: LinearLayer,
    weight: Tensor,
    quantization: TensorQuantization,
  ): { scale: ValueName; zeroPoint: ValueName } {
    if (
      quantization.granularity === 'per-channel' &&
      (quantization.axis !== 0 || quantization.zeroPointType !== 'int')
    ) {
      throw unsupported(
        weight,
        `scales along axis ${quantization.axis} with ${quantization.zeroPointType} zero points`,
      );
    }
    const perTensor = quantization.granularity === 'per-tensor';
    const scales = perTensor ? [quantization.scale] : quantization.scales;
    const zeroPoints = perTensor ? [quantization.zeroPoint] : quantization.zeroPoints;
    const { module } = layer;
    const scale = this.#graph.initializer(
      `${module}.weight_scale`,
      'float32',
      [scales.length],
      littleEndianBytes(Float32Array.from(scales)),
    );
    if (zeroPoints.every((zeroPoint) => zeroPoint === 0)) return { scale, zeroPoint: '' };
    const zeroPoint = this.#graph.initializer(
      `${module}.weight_zero_point`,
      'int8',
      [zeroPoints.length],
      littleEndianBytes(Int8Array.from(zeroPoints)),
    );
    return { scale, zeroPoint };
  }

  #biasTensor({ module, outputSize }: LinearLayer): Tensor | null {
    const name = `${module}.bias`;
    return this.#weights.find(name) === null ? null : this.#weights.tensor(name, [outputSize]);
  }
}

function unsupported(weight: Tensor, what: string): ModelError {
  return new ModelError(`tensor ${weight.name} has ${what}, which no int8 Linear of PyTorch has`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Quantize the model again with torch.ao.quantization.quantize_dynamic and dtype qint8.',
    details: { feature: what, tensor: weight.name },
  });
}
