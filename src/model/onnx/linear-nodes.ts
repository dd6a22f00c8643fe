import type { Tensor, TensorQuantization } from '../../tensor/tensor.ts';
import type { Numerics } from '../encoder.ts';
import { ModelError } from '../model-error.ts';
import { ActivationQuantizer, type ActivationBits, type QuantizedActivation } from './activation-quantizer.ts';
import { float32Initializer, littleEndianBytes, readFiniteFloat32, transpose } from './initializer-bytes.ts';
import { quantizeWeight } from './linear-precision.ts';
import type { ModelWeights } from './model-weights.ts';
import { addRowwiseLinear } from './rowwise-linear.ts';
import { ONNX_TYPES, type OnnxGraph, type ValueName } from './onnx-graph.ts';

/** A Linear of the network. */
export interface LinearLayer {
  /** Module path without prefix, such as `encoder.layer.0.output.dense`. */
  readonly module: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** True when other Linears read the same input, so that it pays to quantize it as a node of its own. */
  readonly sharesInput: boolean;
  /** Least value the input can have, where that is known: behind a GELU. */
  readonly inputMinimum?: number | undefined;
}

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
  /** Whether a Linear that the checkpoint holds as float is quantized to int8. @defaultValue none is */
  readonly quantizes?: ((module: string) => boolean) | undefined;
  /**
   * With `full` numerics: Linears that stay float beside int8 ones run in int8 as well, with one activation scale a token,
   * where the least value of their input is known. They stay float because one scale a tensor loses most of a range
   * with outliers; one a token does not. @defaultValue false
   */
  readonly rowwise?: boolean | undefined;
}

/** Adds the Linears of a checkpoint to a graph: int8 where the checkpoint is, float32 where it is not. */
export class LinearNodes {
  readonly #graph: OnnxGraph;
  readonly #weights: ModelWeights;
  readonly #numerics: Numerics;
  readonly #quantizes: (module: string) => boolean;
  readonly #rowwise: boolean;
  readonly #activations: ActivationQuantizer;

  constructor(graph: OnnxGraph, weights: ModelWeights, options: LinearOptions) {
    this.#graph = graph;
    this.#weights = weights;
    this.#numerics = options.numerics;
    this.#quantizes = options.quantizes ?? (() => false);
    this.#rowwise = options.rowwise === true && options.numerics === 'full';
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
    if (range === 'none' || weight.quantization === null) {
      if (this.#quantizes(layer.module)) return this.#addQuantized(input, layer, weight);
      if (this.#rowwise && layer.inputMinimum !== undefined) {
        return addRowwiseLinear(this.#graph, input, {
          ...layer,
          minimum: layer.inputMinimum,
          weight,
          bias: this.#weights.tensor(`${layer.module}.bias`, [layer.outputSize]),
        });
      }
      return this.#addFloat(input, layer, weight);
    }
    const bits: ActivationBits = this.#numerics === 'torch' && range === 'reduce-range' ? 7 : 8;
    return this.#addInt8(input, layer, { weight, quantization: weight.quantization, bits });
  }

  #addFloat(input: ValueName, layer: LinearLayer, weight: Tensor): ValueName {
    const { inputSize, outputSize, module } = layer;
    const transposed = this.#graph.initializer(
      `${module}.weight`,
      'float32',
      [inputSize, outputSize],
      async function* () {
        yield littleEndianBytes(transpose(await readFiniteFloat32(weight), outputSize, inputSize));
      },
    );
    const product = this.#graph.node('MatMul', [input, transposed]);
    const bias = this.#bias(layer);
    return bias === '' ? product : this.#graph.node('Add', [product, bias]);
  }

  #addInt8(
    input: ValueName,
    layer: LinearLayer,
    source: { weight: Tensor; quantization: TensorQuantization; bits: ActivationBits },
  ): ValueName {
    const { weight, quantization, bits } = source;
    const matrix = this.#int8Matrix(layer, weight);
    const parameters = this.#weightParameters(layer, weight, quantization);
    return this.#addInt8Product(input, layer, { matrix, ...parameters, bits });
  }

  /** Quantizes a float weight when it is written; the scales, written after it, are kept until then. */
  #addQuantized(input: ValueName, layer: LinearLayer, weight: Tensor): ValueName {
    const { inputSize, outputSize, module } = layer;
    let scales: Float32Array | null = null;
    const matrix = this.#graph.initializer(`${module}.weight`, 'int8', [inputSize, outputSize], async function* () {
      const quantized = quantizeWeight(await readFiniteFloat32(weight), outputSize);
      scales = quantized.scales;
      yield littleEndianBytes(transpose(quantized.elements, outputSize, inputSize));
    });
    const scale = this.#graph.initializer(`${module}.weight_scale`, 'float32', [outputSize], async function* () {
      yield littleEndianBytes(scales ?? quantizeWeight(await readFiniteFloat32(weight), outputSize).scales);
    });
    return this.#addInt8Product(input, layer, {
      matrix,
      scale,
      zeroPoint: '',
      bits: this.#numerics === 'torch' ? 7 : 8,
    });
  }

  #addInt8Product(
    input: ValueName,
    layer: LinearLayer,
    {
      matrix,
      scale,
      zeroPoint,
      bits,
    }: Pick<IntegerProduct, 'matrix' | 'scale' | 'zeroPoint'> & { bits: ActivationBits },
  ): ValueName {
    const bias = this.#bias(layer);
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

  #bias({ module, outputSize }: LinearLayer): ValueName {
    const name = `${module}.bias`;
    if (this.#weights.find(name) === null) return '';
    return float32Initializer(this.#graph, name, this.#weights.tensor(name, [outputSize]));
  }
}

function unsupported(weight: Tensor, what: string): ModelError {
  return new ModelError(`tensor ${weight.name} has ${what}, which no int8 Linear of PyTorch has`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Quantize the model again with torch.ao.quantization.quantize_dynamic and dtype qint8.',
    details: { feature: what, tensor: weight.name },
  });
}
