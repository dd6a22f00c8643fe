import { graphNumbers, quantizationOperators, type GraphNumbers } from '../onnx-file/graph-numbers.ts';
import type { OnnxModel } from '../onnx-file/onnx-model.ts';
import type { WeightsQuantization } from './checkpoint-quantization.ts';

const METHODS: Readonly<Record<GraphNumbers, string | null>> = {
  int8: 'onnx-int8',
  uint8: 'onnx-uint8',
  'int8-weights': 'onnx-int8-weights',
  'int4-weights': 'onnx-int4-weights',
  float32: null,
  bfloat16: null,
  float16: null,
};

/** Tells from the operators and constants of an ONNX graph whether it is quantized. */
export function graphQuantization(model: OnnxModel): WeightsQuantization {
  const numbers = graphNumbers(model);
  const operators = Object.entries(quantizationOperators(model)).map(([name, count]) => `${count} ${name}`);
  const method = METHODS[numbers];
  if (method === null) return { method, detail: `its weights are ${numbers}` };
  const how = operators.length === 0 ? 'weights are stored in 8 bits and cast to float' : operators.join(', ');
  return { method, detail: how };
}
