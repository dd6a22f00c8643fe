import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OnnxGraph } from '../../../../../src/model/onnx/onnx-graph.ts';
import { randomNumbers } from '../../synthetic-model.ts';

/** Sizes of the graphs here. */
export const VOCABULARY = 40;
export const WIDTH = 6;

export type ReadyNumbers = 'float32' | 'int8' | 'uint8' | 'int8-weights';

export interface ReadyGraphOptions {
  readonly numbers?: ReadyNumbers | undefined;
  readonly idType?: 'int64' | 'int32' | undefined;
  readonly output?: string | undefined;
  readonly batch?: number | string | undefined;
  readonly length?: number | string | undefined;
  readonly extraInput?: string | undefined;
  /** Nodes that do nothing, to make a graph larger. */
  readonly padding?: number | undefined;
  readonly operator?: { readonly name: string; readonly domain?: 'com.microsoft' | undefined } | undefined;
  readonly vocabulary?: number | undefined;
}

/** Word embeddings of the graphs. */
export function embeddingTable(vocabulary: number = VOCABULARY): Float32Array {
  const random = randomNumbers(5);
  return Float32Array.from({ length: vocabulary * WIDTH }, () => random());
}

/** A one-layer text encoder: embeddings, masked, behind a matrix of the identity. */
export function readyGraph(options: ReadyGraphOptions = {}): OnnxGraph {
  const { numbers = 'float32', idType = 'int64', output = 'last_hidden_state' } = options;
  const { batch = 'batch', length = 'sequence', vocabulary = VOCABULARY } = options;
  const graph = new OnnxGraph('ready');
  const ids = graph.input('input_ids', idType, [batch, length]);
  const mask = graph.input('attention_mask', idType, [batch, length]);
  if (options.extraInput !== undefined) graph.input(options.extraInput, idType, [batch, length]);
  const table = graph.initializer(
    'words',
    'float32',
    [vocabulary, WIDTH],
    new Uint8Array(embeddingTable(vocabulary).buffer),
  );
  const floatMask = graph.node('Cast', [mask], { attributes: { to: 1 } });
  const column = graph.node('Unsqueeze', [floatMask, graph.constant('int64', [1], [2])]);
  let hidden = graph.node('Mul', [graph.node('Gather', [table, ids]), column]);
  const identity = Array.from({ length: WIDTH * WIDTH }, (_, index) => (index % (WIDTH + 1) === 0 ? 1 : 0));
  hidden = addProduct(graph, hidden, numbers, identity);
  for (let node = 0; node < (options.padding ?? 0); node++) hidden = graph.node('Identity', [hidden]);
  if (options.operator !== undefined) {
    hidden = graph.node(options.operator.name, [hidden], { domain: options.operator.domain });
  }
  const isSentence = output === 'sentence_embedding' || output === 'pooler_output';
  const given = isSentence
    ? graph.node('ReduceSum', [hidden, graph.constant('int64', [1], [1])], { attributes: { keepdims: 0 } })
    : hidden;
  graph.output(given, output, 'float32', isSentence ? [batch, WIDTH] : [batch, length, WIDTH]);
  return graph;
}

function addProduct(graph: OnnxGraph, input: string, numbers: ReadyNumbers, identity: readonly number[]): string {
  if (numbers === 'float32') {
    return graph.node('MatMul', [input, graph.constant('float32', [WIDTH, WIDTH], identity)]);
  }
  if (numbers === 'int8-weights') {
    const weight = graph.constant('int8', [WIDTH, WIDTH], identity);
    const scale = graph.constant('float32', [], [1]);
    return graph.node('MatMul', [input, graph.node('DequantizeLinear', [weight, scale])]);
  }
  const weight = graph.constant(numbers, [WIDTH, WIDTH], identity);
  const { quantized, scale, zeroPoint } = graph.dynamicQuantizeLinear(input);
  const product = graph.node('MatMulInteger', [quantized, weight, zeroPoint]);
  return graph.node('Mul', [graph.node('Cast', [product], { attributes: { to: 1 } }), scale]);
}

/** Writes a graph with its weights inside. */
export async function writeReadyGraph(path: string, options: ReadyGraphOptions = {}): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, readyGraph(options).serialize(null).model);
  return path;
}
