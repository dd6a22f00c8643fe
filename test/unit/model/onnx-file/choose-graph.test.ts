import { describe, expect, it } from 'vitest';
import { chooseGraph } from '../../../../src/model/onnx-file/choose-graph.ts';
import { readCpuFeatures, type CpuFeatures } from '../../../../src/model/onnx-file/cpu-features.ts';
import type { ElementType } from '../../../../src/model/onnx-file/element-types.ts';
import { graphNumbers } from '../../../../src/model/onnx-file/graph-numbers.ts';
import type { OnnxModel } from '../../../../src/model/onnx-file/onnx-model.ts';

const VNNI = await readCpuFeatures({ architecture: 'x64', cpuinfo: 'flags\t\t: fpu avx2 avx512_vnni\n' });
const AVX2 = await readCpuFeatures({ architecture: 'x64', cpuinfo: 'flags\t\t: fpu avx2\n' });
const ARM = await readCpuFeatures({ architecture: 'arm64', cpuinfo: 'Features\t: fp asimd asimddp\n' });

/** A graph of one matrix of a type, with the operators named. */
function graph(name: string, type: ElementType, ...operators: readonly string[]): OnnxModel {
  return {
    path: `/model/onnx/${name}`,
    sizeBytes: 0,
    producer: '',
    opsets: {},
    inputs: [],
    outputs: [],
    operators: Object.fromEntries(operators.map((operator) => [operator, 1])),
    constants: [
      { name: 'weight', type, dims: [8, 8], byteLength: 64 },
      { name: 'mask', type: 'uint8', dims: [1, 1, 512], byteLength: 512 },
    ],
    integerFactors: operators.some((operator) => /Integer|QLinear|DynamicQuantizeMatMul/.test(operator))
      ? ['weight']
      : [],
    dataFiles: [],
  };
}

const PLAIN = graph('model.onnx', 'float32', 'MatMul', 'Add', 'Softmax');
const O3 = graph('model_O3.onnx', 'float32', 'MatMul', 'com.microsoft.FastGelu');
const O4 = graph('model_O4.onnx', 'float16', 'MatMul');
const FP16 = graph('model_fp16.onnx', 'float16', 'MatMul');
const Q4 = graph('model_q4.onnx', 'uint8', 'com.microsoft.MatMulNBits');
const BNB4 = graph('model_bnb4.onnx', 'uint8', 'com.microsoft.MatMulBnb4');
const UINT8 = graph('model_quint8_avx2.onnx', 'uint8', 'DynamicQuantizeLinear', 'MatMulInteger');
const INT8_VNNI = graph('model_qint8_avx512_vnni.onnx', 'int8', 'DynamicQuantizeLinear', 'MatMulInteger');
const INT8_ARM = graph('model_qint8_arm64.onnx', 'int8', 'DynamicQuantizeLinear', 'MatMulInteger');
const CAST = graph('model_int8.onnx', 'int8', 'Cast', 'MatMul');
const ALL = [PLAIN, O3, O4, FP16, Q4, BNB4, UINT8, INT8_VNNI, INT8_ARM, CAST];

describe('readCpuFeatures', () => {
  it.each([
    ['x64', 'flags : avx512_vnni', true, 'x64 with VNNI'],
    ['x64', 'flags : avx_vnni', true, 'x64 with VNNI'],
    ['x64', 'flags : avx2 avx512f', false, 'x64 without VNNI'],
    ['x64', '', false, 'x64 without VNNI'],
    ['arm64', 'Features : asimddp', true, 'arm64'],
    ['arm64', 'Features : asimd', false, 'arm64'],
    ['arm64', '', true, 'arm64'],
    ['riscv64', '', false, 'riscv64'],
  ])('knows %s with %j', async (architecture, cpuinfo, int8Products, description) => {
    expect(await readCpuFeatures({ architecture, cpuinfo })).toEqual({ architecture, int8Products, description });
  });

  it('reads those of this machine', async () => {
    expect(await readCpuFeatures()).toMatchObject({ architecture: process.arch });
  });
});

describe('graphNumbers', () => {
  it.each([
    [PLAIN, 'float32'],
    [O4, 'float16'],
    [graph('model.onnx', 'bfloat16', 'MatMul'), 'bfloat16'],
    [Q4, 'int4-weights'],
    [BNB4, 'int4-weights'],
    [UINT8, 'uint8'],
    [INT8_VNNI, 'int8'],
    [CAST, 'int8-weights'],
    [graph('model.onnx', 'int8', 'DequantizeLinear', 'MatMul'), 'int8-weights'],
    [graph('model.onnx', 'int8', 'QuantizeLinear', 'DequantizeLinear', 'MatMul'), 'int8'],
    [graph('model.onnx', 'uint8', 'QLinearMatMul'), 'uint8'],
    [graph('model.onnx', 'int8', 'com.microsoft.DynamicQuantizeMatMul'), 'int8'],
    [graph('model_quantized.onnx', 'float32', 'MatMul'), 'float32'],
  ])('tells by content that $0.path has %2$s', (model, expected) => {
    expect(graphNumbers(model)).toBe(expected);
  });

  it('looks at the matrices that are multiplied, not at a larger table of embeddings', () => {
    const table = { name: 'words', type: 'uint8', dims: [100, 8], byteLength: 800 } as const;
    expect(graphNumbers({ ...INT8_VNNI, constants: [table, ...INT8_VNNI.constants] })).toBe('int8');
  });
});

function choose(models: readonly OnnxModel[], cpu: CpuFeatures = VNNI, preferFloat = false): string {
  return chooseGraph(models, { cpu, preferFloat }).model.path.slice('/model/onnx/'.length);
}

describe('chooseGraph', () => {
  it('takes int8 made for this CPU where its products are fast', () => {
    expect(choose(ALL)).toBe('model_qint8_avx512_vnni.onnx');
    expect(choose(ALL.toReversed())).toBe('model_qint8_avx512_vnni.onnx');
    expect(choose(ALL, ARM)).toBe('model_qint8_arm64.onnx');
  });

  it('takes uint8, then float32, where int8 products are not exact at full speed', () => {
    expect(choose(ALL, AVX2)).toBe('model_quint8_avx2.onnx');
    expect(
      choose(
        ALL.filter((model) => model !== UINT8),
        AVX2,
      ),
    ).toBe('model.onnx');
    expect(choose([INT8_VNNI, FP16, Q4], AVX2)).toBe('model_qint8_avx512_vnni.onnx');
  });

  it('does not believe a name that says int8', () => {
    expect(choose([graph('model_int8.onnx', 'float16', 'MatMul'), PLAIN])).toBe('model.onnx');
    expect(choose([CAST, PLAIN])).toBe('model.onnx');
  });

  it('takes float16 last, and graphs with an approximate GELU after exact ones', () => {
    expect(choose([FP16, Q4])).toBe('model_q4.onnx');
    expect(choose([FP16, CAST])).toBe('model_int8.onnx');
    expect(choose([O3, PLAIN])).toBe('model.onnx');
    expect(choose([FP16])).toBe('model_fp16.onnx');
  });

  it('takes float weights where they are asked for', () => {
    expect(choose(ALL, VNNI, true)).toBe('model.onnx');
    expect(choose([INT8_VNNI, FP16], VNNI, true)).toBe('model_fp16.onnx');
    expect(choose([INT8_VNNI], VNNI, true)).toBe('model_qint8_avx512_vnni.onnx');
  });

  it('says why', () => {
    expect(chooseGraph([PLAIN, INT8_VNNI], { cpu: VNNI }).reason).toBe(
      'model_qint8_avx512_vnni.onnx: int8 weights, multiplied in integers, best on this CPU, x64 with VNNI; instead of model.onnx (float32)',
    );
    expect(chooseGraph([PLAIN], { cpu: VNNI }).reason).toBe('model.onnx: float32, the only ONNX graph');
  });
});
