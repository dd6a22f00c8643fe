import { OUTPUT_NAME } from '../compiled-model.ts';
import type { LinearLayer } from '../linear-form.ts';
import type { LinearProbe } from '../linear-nodes.ts';
import type { OnnxGraph, ValueName } from '../onnx-graph.ts';
import { rowwiseSpan } from '../rowwise-linear.ts';

/** Name of the output that a {@link StatisticsProbe} adds. */
export const STATISTICS_OUTPUT = 'linear_statistics';

/** What one text says about one Linear. Energies are sums of squares over the outputs of a token. */
export interface LinearSample {
  /** Mean over tokens of 1 / energy. */
  readonly inverseEnergy: number;
  /** Largest and least input of the text. */
  readonly high: number;
  readonly low: number;
  /** Mean over tokens of span² / energy, the span being what the 255 steps of a row-wise Linear divide. */
  readonly rowwiseSpan: number;
}

/** What one text says about the channels of one input: largest and least value of each. */
export interface ChannelSample {
  readonly high: Float32Array;
  readonly low: Float32Array;
}

/** A Linear that is watched, and its input: Linears of the same input share it. */
export interface WatchedLinear {
  readonly layer: LinearLayer;
  readonly input: ValueName;
}

/** The vector that the output holds for one text, taken apart. */
export interface TextSample {
  readonly embedding: Float32Array;
  /** In the order of {@link StatisticsProbe.linears}. */
  readonly linears: readonly LinearSample[];
  /** By input. */
  readonly channels: ReadonlyMap<ValueName, ChannelSample>;
}

interface InputNodes {
  readonly high: ValueName;
  readonly low: ValueName;
}

const SCALARS = 4;
/** Keeps the division finite for a token whose output is zero throughout. */
const MIN_ENERGY = 1e-20;

/**
 * Watches the Linears of a float32 network: adds to its graph what is needed to tell how much quantizing each one's
 * input would cost. A few reductions a Linear; no product is computed twice.
 */
export class StatisticsProbe implements LinearProbe {
  readonly #linears: WatchedLinear[] = [];
  readonly #inputs = new Map<ValueName, InputNodes & { readonly size: number }>();
  /** One value or row each, concatenated by {@link finish}. */
  readonly #parts: ValueName[] = [];

  get linears(): readonly WatchedLinear[] {
    return this.#linears;
  }

  observe(
    graph: OnnxGraph,
    layer: LinearLayer,
    values: { readonly input: ValueName; readonly exact: ValueName },
  ): void {
    const { input, exact } = values;
    if (layer.role === 'dense') return; // One row a text: nothing is gained there.
    this.#linears.push({ layer, input });
    const { high, low } = this.#tokenRange(graph, layer, input);
    const energies = graph.node('ReduceSumSquare', [exact], { attributes: { axes: [-1], keepdims: 0 } });
    const energy = graph.node('Max', [energies, graph.constant('float32', [], [MIN_ENERGY])]);
    const over = (operator: string, value: ValueName): ValueName =>
      graph.node(operator, [value], { attributes: { axes: [-1], keepdims: 0 } });
    const span = rowwiseSpan(graph, { high, low }, layer);
    this.#parts.push(
      over('ReduceMean', graph.node('Reciprocal', [energy])),
      over('ReduceMax', high),
      over('ReduceMin', low),
      over('ReduceMean', graph.node('Div', [graph.node('Mul', [span, span]), energy])),
    );
  }

  /** Adds the output, when all Linears are there. */
  finish(graph: OnnxGraph): void {
    const flat = (value: ValueName): ValueName => graph.node('Reshape', [value, graph.constant('int64', [1], [-1])]);
    const channels = [...this.#inputs.keys()].flatMap((input) =>
      ['ReduceMax', 'ReduceMin'].map((operator) =>
        flat(graph.node(operator, [input], { attributes: { axes: [0, 1], keepdims: 0 } })),
      ),
    );
    const all = graph.node('Concat', [...this.#parts, ...channels, flat(OUTPUT_NAME)], { attributes: { axis: 0 } });
    graph.output(all, STATISTICS_OUTPUT, 'float32', ['statistics']);
  }

  /** Takes the output for one text apart. */
  read(values: Float32Array): TextSample {
    const at = (index: number): number => values[index] ?? 0;
    const linears = this.#linears.map((_, index) => {
      const [inverseEnergy, high, low, rowwise] = [0, 1, 2, 3].map((offset) => at(index * SCALARS + offset));
      return { inverseEnergy: inverseEnergy ?? 0, high: high ?? 0, low: low ?? 0, rowwiseSpan: rowwise ?? 0 };
    });
    let position = this.#linears.length * SCALARS;
    const take = (count: number): Float32Array => values.slice(position, (position += count));
    const channels = new Map<ValueName, ChannelSample>();
    for (const [input, { size }] of this.#inputs) channels.set(input, { high: take(size), low: take(size) });
    return { embedding: values.slice(position), linears, channels };
  }

  /** Largest and least input of each token, [1, sequence]; once for Linears that share an input. */
  #tokenRange(graph: OnnxGraph, { inputSize }: LinearLayer, input: ValueName): InputNodes {
    const existing = this.#inputs.get(input);
    if (existing !== undefined) return existing;
    const attributes = { axes: [-1], keepdims: 0 };
    const high = graph.node('ReduceMax', [input], { attributes });
    const low = graph.node('ReduceMin', [input], { attributes });
    const nodes = { high, low, size: inputSize };
    this.#inputs.set(input, nodes);
    return nodes;
  }
}
