import { describe, expect, it } from 'vitest';
import type { OrtModule, OrtOutput, OrtSession } from '../../../../../src/model/onnx/ort-module.ts';
import type { ReadyPlan } from '../../../../../src/model/onnx/ready/ready-plan.ts';
import { runReadyGraph } from '../../../../../src/model/onnx/ready/ready-session.ts';

const PLAN: ReadyPlan = {
  inputs: [
    { name: 'input_ids', role: 'ids', type: 'int64' },
    { name: 'attention_mask', role: 'mask', type: 'int64' },
    { name: 'token_type_ids', role: 'segments', type: 'int32' },
  ],
  output: { name: 'out', kind: 'tokens', width: 2 },
  fixedLength: null,
  poolings: ['mean'],
  normalize: false,
  hasModules: false,
  dimensions: 2,
  dataFiles: [],
};
const SENTENCE: ReadyPlan = { ...PLAN, output: { name: 'out', kind: 'sentence', width: 2 } };

class FedTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];

  constructor(type: string, data: unknown, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

const ORT: OrtModule = {
  env: { wasm: {} },
  Tensor: FedTensor,
  InferenceSession: { create: () => Promise.reject(new Error('not used here')) },
};

/** A loaded graph that always gives the same. */
function giving(outputs: Readonly<Record<string, OrtOutput>>, fed: unknown[] = []): OrtSession {
  return {
    inputNames: [],
    run(feeds) {
      fed.push(feeds);
      return Promise.resolve(outputs);
    },
    release: () => Promise.resolve(),
  };
}

function out(data: unknown, ...dims: number[]): Readonly<Record<string, OrtOutput>> {
  return { out: { data, dims } };
}

const TWO = Int32Array.of(5, 6);

describe('runReadyGraph', () => {
  it('feeds ids, mask and segments, filled up to a fixed length that is not pooled', async () => {
    const fed: unknown[] = [];
    const session = giving(out(Float32Array.of(1, 2, 3, 4, 90, 90), 1, 3, 2), fed);
    const row = await runReadyGraph(ORT, session, { plan: { ...PLAN, fixedLength: 3 }, ids: TWO });
    expect([...row]).toEqual([2, 3]);
    expect(fed).toEqual([
      {
        input_ids: new FedTensor('int64', BigInt64Array.of(5n, 6n, 0n), [1, 3]),
        attention_mask: new FedTensor('int64', BigInt64Array.of(1n, 1n, 0n), [1, 3]),
        token_type_ids: new FedTensor('int32', Int32Array.of(0, 0, 0), [1, 3]),
      },
    ]);
  });

  it('takes float16, as numbers and as bits', async () => {
    const numbers = giving(out(Float16Array.of(1, 2), 1, 2));
    expect([...(await runReadyGraph(ORT, numbers, { plan: SENTENCE, ids: TWO }))]).toEqual([1, 2]);
    const bits = giving(out(Uint16Array.of(0x3c00, 0x4000), 1, 2));
    expect([...(await runReadyGraph(ORT, bits, { plan: SENTENCE, ids: TWO }))]).toEqual([1, 2]);
  });

  it('gives what the modules get as it is', async () => {
    const session = giving(out(Float32Array.of(3, 4, 3, 4), 1, 2, 2));
    const plan = { ...PLAN, hasModules: true, normalize: true, dimensions: 7 };
    expect([...(await runReadyGraph(ORT, session, { plan, ids: TWO }))]).toEqual([3, 4]);
  });

  it.each([
    ['nothing', SENTENCE, {}, 'gave no out'],
    ['integers', SENTENCE, out(Int32Array.of(1, 2), 1, 2), 'gave no float out'],
    ['another width', SENTENCE, out(Float32Array.of(1, 2, 3), 1, 3), 'has 3 numbers instead of 2'],
    ['what is not finite', SENTENCE, out(Float32Array.of(1, NaN), 1, 2), 'out of 2 tokens is not finite'],
    ['two batches', PLAN, out(new Float32Array(8), 2, 2, 2), 'rows of shape [2, 2, 2] for 2 tokens'],
    ['too few rows', PLAN, out(new Float32Array(2), 1, 1, 2), 'rows of shape [1, 1, 2] for 2 tokens'],
    ['no rows', PLAN, out(new Float32Array(2), 1, 2), 'rows of shape [1, 2] for 2 tokens'],
  ])('refuses a graph that gives %s', async (_, plan, outputs, message) => {
    await expect(runReadyGraph(ORT, giving(outputs), { plan, ids: TWO })).rejects.toThrow(message);
  });

  it('refuses more tokens than a graph takes', async () => {
    const plan = { ...PLAN, fixedLength: 1 };
    await expect(runReadyGraph(ORT, giving({}), { plan, ids: TWO })).rejects.toThrow('2 tokens, and the graph takes 1');
  });
});
