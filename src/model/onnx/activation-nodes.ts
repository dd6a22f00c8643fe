import type { Activation } from '../activation.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** Adds an activation; the formulas are those of torch. */
export function addActivation(graph: OnnxGraph, activation: Activation, input: ValueName): ValueName {
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  switch (activation) {
    case 'linear':
      return input;
    case 'gelu':
      return graph.microsoft('Gelu', [input]);
    case 'gelu_10':
      return graph.node('Clip', [graph.microsoft('Gelu', [input]), scalar(-10), scalar(10)]);
    case 'gelu_tanh':
      return graph.microsoft('FastGelu', [input]);
    case 'quick_gelu':
      return graph.microsoft('QuickGelu', [input], { alpha: { float: 1.702 } });
    case 'silu':
      return graph.microsoft('QuickGelu', [input], { alpha: { float: 1 } });
    case 'relu':
      return graph.node('Relu', [input]);
    case 'relu2': {
      const positive = graph.node('Relu', [input]);
      return graph.node('Mul', [positive, positive]);
    }
    case 'relu6':
      return graph.node('Clip', [input, scalar(0), scalar(6)]);
    case 'leaky_relu':
      return graph.node('LeakyRelu', [input], { attributes: { alpha: { float: 0.01 } } });
    case 'mish':
      return graph.node('Mul', [input, graph.node('Tanh', [graph.node('Softplus', [input])])]);
    case 'hardswish':
      return graph.node('HardSwish', [input]);
    case 'sigmoid':
      return graph.node('Sigmoid', [input]);
    case 'tanh':
      return graph.node('Tanh', [input]);
  }
}
