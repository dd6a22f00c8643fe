import { basename } from 'node:path';
import type { CpuFeatures } from './cpu-features.ts';
import { GRAPH_NUMBERS, graphNumbers, type GraphNumbers } from './graph-numbers.ts';
import type { OnnxModel } from './onnx-model.ts';

/** Best first elsewhere: exact products with int8 weights run at half speed there, which float32 reaches without loss. */
const WITHOUT_INT8_PRODUCTS: readonly GraphNumbers[] = [
  'uint8',
  'float32',
  'int8',
  'int8-weights',
  'int4-weights',
  'bfloat16',
  'float16',
];
/** Best first where nothing may be quantized, as long as there is a choice. */
const FLOAT_FIRST: readonly GraphNumbers[] = [
  'float32',
  'bfloat16',
  'float16',
  'int8-weights',
  'int8',
  'uint8',
  'int4-weights',
];

/** What a graph computes with, as people say it. */
const DESCRIPTIONS: Readonly<Record<GraphNumbers, string>> = {
  int8: 'int8 weights, multiplied in integers',
  uint8: 'uint8 weights, multiplied in integers',
  'int8-weights': '8-bit weights, computed in float32',
  'int4-weights': '4-bit weights, computed in float32',
  float32: 'float32',
  bfloat16: 'bfloat16',
  float16: 'float16',
};

export interface ChooseGraphOptions {
  readonly cpu: CpuFeatures;
  /** Take float weights where there are such. @defaultValue false */
  readonly preferFloat?: boolean | undefined;
}

/** A graph among several and why that one. */
export interface GraphChoice {
  readonly model: OnnxModel;
  /** For the log and `model inspect`. */
  readonly reason: string;
}

/**
 * Picks the graph that suits a CPU best, by what the graphs hold; their names only tell which of two alike was made for
 * this CPU.
 *
 * @param models - At least one.
 */
export function chooseGraph(
  models: readonly OnnxModel[],
  { cpu, preferFloat = false }: ChooseGraphOptions,
): GraphChoice {
  const order = preferFloat ? FLOAT_FIRST : cpu.int8Products ? GRAPH_NUMBERS : WITHOUT_INT8_PRODUCTS;
  const ranked = models
    .map((model) => ({ model, numbers: graphNumbers(model) }))
    .map((graph) => ({ ...graph, rank: rankOf(graph.model, order.indexOf(graph.numbers), cpu) }))
    .toSorted((left, right) => compare(left.rank, right.rank));
  const [best, ...others] = ranked;
  if (best === undefined) throw new RangeError('there is no graph to choose from');
  const name = basename(best.model.path);
  const what = `${name}: ${DESCRIPTIONS[best.numbers]}`;
  if (others.length === 0) return { model: best.model, reason: `${what}, the only ONNX graph` };
  const rest = others.map(({ model, numbers }) => `${basename(model.path)} (${numbers})`).join(', ');
  const why = preferFloat ? 'float weights were asked for' : `best on this CPU, ${cpu.description}`;
  return { model: best.model, reason: `${what}, ${why}; instead of ${rest}` };
}

/** Compared part by part, smaller is better. */
function rankOf(model: OnnxModel, numbers: number, cpu: CpuFeatures): ReadonlyArray<number | string> {
  const name = basename(model.path).toLowerCase();
  const operators = Object.values(model.operators).reduce((sum, count) => sum + count, 0);
  // Levels O3 and O4 of Optimum approximate GELU, which costs the third digit and no longer buys time.
  const approximate = Object.hasOwn(model.operators, 'com.microsoft.FastGelu') ? 1 : 0;
  return [numbers, madeForAnotherCpu(name, cpu) ? 1 : 0, approximate, operators, name.length, name];
}

/** Whether a name says that the graph was made for a CPU that this is not. */
function madeForAnotherCpu(name: string, { architecture, int8Products }: CpuFeatures): boolean {
  if (/arm64|aarch64/.test(name)) return architecture !== 'arm64';
  if (/avx|vnni|x64|x86/.test(name)) return architecture !== 'x64' || (name.includes('vnni') && !int8Products);
  return false;
}

function compare(left: ReadonlyArray<number | string>, right: ReadonlyArray<number | string>): number {
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? 0;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}
