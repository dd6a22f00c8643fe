import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  ACTIVATION_NAMES,
  activationMinimum,
  activationNamed,
  activationOfTorch,
} from '../../../../src/model/activation.ts';
import { addActivation } from '../../../../src/model/onnx/activation-nodes.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';

// Over -14 to 14, by transformers itself.
const GOLDEN = JSON.parse(
  readFileSync(new URL('../../../fixtures/model/networks/activations.json', import.meta.url), 'utf8'),
) as { inputs: number[]; outputs: Record<string, number[]> };

async function run(name: string, inputs: Float32Array): Promise<Float32Array> {
  const graph = new OnnxGraph('activation');
  const input = graph.input('x', 'float32', ['n']);
  graph.output(addActivation(graph, activationNamed(name)!, input), 'y', 'float32', ['n']);
  const session = await InferenceSession.create(graph.serialize(null).model);
  const { y } = await session.run({ x: new OrtTensor('float32', inputs, [inputs.length]) });
  await session.release();
  return Float32Array.from(y!.data as Float32Array);
}

describe('activations', () => {
  it.each(ACTIVATION_NAMES)('computes %s as transformers does', async (name) => {
    const outputs = await run(name, Float32Array.from(GOLDEN.inputs));
    for (const [index, expected] of GOLDEN.outputs[name]!.entries()) {
      expect(Math.abs(outputs[index]! - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)));
    }
  });

  it.each(ACTIVATION_NAMES)('knows a bound just below the least value of %s, or none', async (name) => {
    const outputs = await run(
      name,
      Float32Array.from({ length: 40_001 }, (_, index) => (index - 20_000) / 1000),
    );
    const least = outputs.reduce((left, right) => Math.min(left, right));
    const minimum = activationMinimum(activationNamed(name)!);
    if (minimum === undefined) expect(least).toBeLessThan(-0.1);
    else {
      expect(least).toBeGreaterThanOrEqual(minimum);
      expect(least - minimum).toBeLessThan(1e-3);
    }
  });

  it('knows every activation of transformers but those with parameters or of other models', () => {
    expect(Object.keys(GOLDEN.outputs).toSorted()).toEqual(ACTIVATION_NAMES.toSorted());
    expect(activationNamed('xielu')).toBeNull();
    expect(activationNamed('toString')).toBeNull();
  });

  it('reads the class names of torch, and only those', () => {
    expect(activationOfTorch('torch.nn.modules.activation.Tanh')).toBe('tanh');
    expect(activationOfTorch('torch.nn.modules.linear.Identity')).toBe('linear');
    expect(activationOfTorch('torch.nn.modules.activation.PReLU')).toBeNull();
    expect(activationOfTorch('mine.Tanh')).toBeNull();
    expect(activationOfTorch('torch.nn.constructor')).toBeNull();
  });
});
