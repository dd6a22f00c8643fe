import type { Pooling } from '../sentence-pipeline.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** Smallest norm a row is divided by, as torch.nn.functional.normalize has it. */
const MIN_NORM = 1e-12;

/**
 * Adds poolings of one text without padding, joined in their order.
 *
 * @param hidden - float32 [1, sequence, hidden].
 * @returns float32 [1, hidden * poolings].
 */
export function addPoolings(graph: OnnxGraph, poolings: readonly Pooling[], hidden: ValueName): ValueName {
  const [first = '', ...others] = poolings.map((pooling) => addPooling(graph, pooling, hidden));
  return others.length === 0 ? first : graph.node('Concat', [first, ...others], { attributes: { axis: 1 } });
}

function addPooling(graph: OnnxGraph, pooling: Pooling, hidden: ValueName): ValueName {
  const alongTokens = { attributes: { axes: [1], keepdims: 0 } };
  const token = (index: number): ValueName =>
    graph.node('Gather', [hidden, graph.constant('int64', [], [index])], { attributes: { axis: 1 } });
  switch (pooling) {
    case 'mean':
      return graph.node('ReduceMean', [hidden], alongTokens);
    case 'cls':
      return token(0);
    case 'lasttoken':
      return token(-1);
    case 'max':
      return graph.node('ReduceMax', [hidden], alongTokens);
    case 'mean_sqrt_len_tokens': {
      const mean = graph.node('ReduceMean', [hidden], alongTokens);
      return graph.node('Mul', [mean, graph.node('Sqrt', [addTokenCount(graph, hidden)])]);
    }
    case 'weightedmean': {
      const count = addTokenCount(graph, hidden);
      const one = graph.constant('float32', [], [1]);
      const weights = graph.node('Range', [one, graph.node('Add', [count, one]), one]); // 1 to the token count
      const share = graph.node('Div', [weights, graph.node('ReduceSum', [weights], { attributes: { keepdims: 0 } })]);
      // [sequence] by [1, sequence, hidden]
      return graph.node('MatMul', [share, hidden]);
    }
  }
}

/** float32 scalar: the number of tokens. */
function addTokenCount(graph: OnnxGraph, hidden: ValueName): ValueName {
  const length = graph.node('Shape', [hidden], { attributes: { start: 1, end: 2 } });
  return graph.node('Cast', [graph.node('Squeeze', [length])], { attributes: { to: 1 } });
}

/** Divides rows by their Euclidean norms. */
export function addNormalization(graph: OnnxGraph, rows: ValueName): ValueName {
  const norm = graph.node('ReduceL2', [rows], { attributes: { axes: [-1], keepdims: 1 } });
  return graph.node('Div', [rows, graph.node('Max', [norm, graph.constant('float32', [], [MIN_NORM])])]);
}
