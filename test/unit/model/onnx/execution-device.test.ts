import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INPUT_NAME, OUTPUT_NAME } from '../../../../src/model/onnx/compiled-model.ts';
import { devicesOf, openDevice } from '../../../../src/model/onnx/execution-device.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';
import type { OrtModule } from '../../../../src/model/onnx/ort-module.ts';
import { loadRuntime } from '../../../../src/model/onnx/runtime.ts';
import { temporaryFolder } from '../model-folder.ts';

/** A runtime built for `backends`, which opens sessions unless `failure` says why not. */
function fakeRuntime(backends: readonly string[], failure?: string): OrtModule & { opened: unknown[] } {
  const opened: unknown[] = [];
  return {
    opened,
    env: { wasm: {} },
    Tensor: class {},
    InferenceSession: {
      async create(_model, options) {
        if (failure !== undefined) throw new Error(failure);
        opened.push(options['executionProviders']);
        return { inputNames: [], run: async () => ({}), release: async () => undefined };
      },
    },
    listSupportedBackends: () => backends.map((name) => ({ name })),
  };
}

describe('openDevice', () => {
  it('asks for the execution provider and its number', async () => {
    const ort = fakeRuntime(['cpu', 'cuda']);
    expect(await openDevice(ort, 'onnxruntime-node', 'cuda:1')).toEqual({
      executionProviders: [{ name: 'cuda', deviceId: 1 }],
    });
    expect(ort.opened).toEqual([[{ name: 'cuda', deviceId: 1 }]]);
  });

  it('needs nothing for the CPU', async () => {
    const ort = fakeRuntime(['cpu', 'cuda']);
    expect(await openDevice(ort, 'onnxruntime-node', 'cpu')).toEqual({});
    expect(await openDevice(ort, 'onnxruntime-web', 'wasm')).toEqual({});
    expect(ort.opened).toEqual([]);
  });

  it.each([
    ['cuda', ['cpu'], 'Use "cpu"; the installed runtime was built for cpu.'],
    ['mps', ['cpu', 'coreml'], 'Use "coreml"; the installed runtime was built for cpu, coreml.'],
    ['cpu:1', ['cpu'], 'Use "cpu"; the installed runtime was built for cpu.'],
    ['', ['cpu'], 'Use "cpu"; the installed runtime was built for cpu.'],
    ['cuda;rm', ['cpu', 'cuda'], 'Use "cpu"; the installed runtime was built for cpu, cuda.'],
  ])('refuses %j of a runtime that has %j', async (device, backends, hint) => {
    await expect(openDevice(fakeRuntime(backends), 'onnxruntime-node', device)).rejects.toMatchObject({
      code: 'MODEL_DEVICE_UNAVAILABLE',
      hint,
      details: { device, available: backends },
    });
  });

  it('never takes another device when the machine lacks it', async () => {
    const ort = fakeRuntime(['cpu', 'cuda'], 'no CUDA driver');
    await expect(openDevice(ort, 'onnxruntime-node', 'cuda')).rejects.toMatchObject({
      code: 'MODEL_DEVICE_UNAVAILABLE',
      message: 'device "cuda" is not available: onnxruntime-node cannot open it: no CUDA driver',
    });
  });

  it('knows that the web package has WebAssembly alone', () => {
    expect(devicesOf(fakeRuntime(['webgpu']), 'onnxruntime-web')).toEqual(['cpu', 'wasm']);
  });
});

describe('createSession', () => {
  it('runs on the CPU when that is asked for, and says what else the runtime offers', async () => {
    await using folder = await temporaryFolder();
    const graph = new OnnxGraph('identity');
    const input = graph.input(INPUT_NAME, 'int32', [1, 'sequence']);
    graph.output(graph.node('Cast', [input], { attributes: { to: 1 } }), OUTPUT_NAME, 'float32', [1, 'sequence']);
    const path = join(folder.path, 'model.onnx');
    await writeFile(path, graph.serialize(null).model);
    const runtime = await loadRuntime();
    expect(runtime.devices).toContain('cpu');
    const session = await runtime.createSession(path, { device: 'cpu' });
    expect([...(await session.run(Int32Array.of(3, 4)))]).toEqual([3, 4]);
    await session.release();
    await expect(runtime.createSession(path, { device: 'qnn9' })).rejects.toMatchObject({
      code: 'MODEL_DEVICE_UNAVAILABLE',
      details: { available: runtime.devices },
    });
  });
});
