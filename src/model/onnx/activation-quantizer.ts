import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** Integer range of quantized activations: 0..255, or PyTorch's 0..127 (`reduce_range`). */
export type ActivationBits = 8 | 7;

/** A float tensor as uint8: `real = (quantized - zeroPoint) * scale`, one scale for the whole tensor. */
export interface QuantizedActivation {
  readonly quantized: ValueName;
  readonly scale: ValueName;
  readonly zeroPoint: ValueName;
}

/** Scale below which fbgemm widens the range instead of dividing by next to nothing (`SMALL_SCALE_THRESHOLD`). */
const SMALL_SCALE = Math.fround(6.1e-5);
/** Largest float32 whose reciprocal is infinite: 2^-128. */
const NO_RECIPROCAL = 2 ** -128;

/** Adds the nodes that quantize activations; a tensor several Linears read is quantized once. */
export class ActivationQuantizer {
  readonly #graph: OnnxGraph;
  readonly #done = new Map<string, QuantizedActivation>();

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
  }

  quantize(input: ValueName, bits: ActivationBits): QuantizedActivation {
    const key = `${input}:${bits}`;
    const existing = this.#done.get(key);
    if (existing !== undefined) return existing;
    const quantized = bits === 8 ? this.#graph.dynamicQuantizeLinear(input) : this.#quantizeAsTorch(input);
    this.#done.set(key, quantized);
    return quantized;
  }

  /**
   * PyTorch's dynamic quantization with reduce_range: fbgemm's `ChooseQuantizationParams` in double for 0..127.
   * Values are saturated at 255, not at 127, as fbgemm does.
   */
  #quantizeAsTorch(input: ValueName): QuantizedActivation {
    const graph = this.#graph;
    const { minimum, range } = this.#rangeWithZero(input);
    const float64 = (value: number): ValueName => graph.constant('float64', [], [value]);
    const exactScale = graph.node('Div', [range, float64(127)]);
    const narrowScale = this.#cast(exactScale, 'float32');
    const degenerate = graph.node('LessOrEqual', [narrowScale, graph.constant('float32', [], [NO_RECIPROCAL])]);
    const widened = graph.node('Max', [exactScale, float64(SMALL_SCALE)]);
    const scale = this.#cast(graph.node('Where', [degenerate, float64(0.1), widened]), 'float32');
    // Widening a small range keeps min / scale, so the zero point always comes from the range as it was.
    const divisor = graph.node('Where', [degenerate, float64(0.1), exactScale]);
    const exactZeroPoint = graph.node('Neg', [graph.node('Div', [minimum, divisor])]);
    const clipped = graph.node('Min', [graph.node('Max', [exactZeroPoint, float64(0)]), float64(127)]);
    const zeroPoint = this.#cast(graph.node('Round', [clipped]), 'uint8');
    return { quantized: this.#quantizeFused(input, scale, zeroPoint), scale, zeroPoint };
  }

  /**
   * `clamp(rint(fmaf(x, 1 / scale, zeroPoint)), 0, 255)`. In double the product is exact, so rounding the sum to float32
   * gives what the fused operation gives; QuantizeLinear, which divides, is one step off in a million values.
   */
  #quantizeFused(input: ValueName, scale: ValueName, zeroPoint: ValueName): ValueName {
    const graph = this.#graph;
    const inverse = this.#cast(graph.node('Div', [graph.constant('float32', [], [1]), scale]), 'float64');
    const product = graph.node('Mul', [this.#cast(input, 'float64'), inverse]);
    const sum = this.#cast(graph.node('Add', [product, this.#cast(zeroPoint, 'float64')]), 'float32');
    const limits = [0, 255].map((limit) => graph.constant('float32', [], [limit]));
    return this.#cast(graph.node('Clip', [graph.node('Round', [sum]), ...limits]), 'uint8');
  }

  /** `min(min(x), 0)` and `max(max(x), 0) - min(min(x), 0)`, both as doubles. */
  #rangeWithZero(input: ValueName): { minimum: ValueName; range: ValueName } {
    const graph = this.#graph;
    const zero = graph.constant('float32', [], [0]);
    const reduce = { attributes: { keepdims: 0 } };
    const minimum = this.#cast(graph.node('Min', [graph.node('ReduceMin', [input], reduce), zero]), 'float64');
    const maximum = this.#cast(graph.node('Max', [graph.node('ReduceMax', [input], reduce), zero]), 'float64');
    return { minimum, range: graph.node('Sub', [maximum, minimum]) };
  }

  #cast(input: ValueName, type: 'float32' | 'float64' | 'uint8'): ValueName {
    return this.#graph.node('Cast', [input], { attributes: { to: { float32: 1, float64: 11, uint8: 2 }[type] } });
  }
}
