import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { detectQuantization, isQuantizedModel } from '../../../src/model/detect.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';
import { writeReadyGraph } from './onnx/ready/ready-fixtures.ts';

const BAD_FIXTURES: string = fileURLToPath(new URL('../../fixtures/checkpoint/bad', import.meta.url));

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
};

/** A safetensors file of zeros. */
function tensorsFile(tensors: Readonly<Record<string, readonly [dtype: string, ...shape: number[]]>>): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, [dtype, ...shape]]) => {
    const start = end;
    end += shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype] ?? 0);
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(end)]);
}

/** A safetensors file of one tensor of two elements. */
function safetensors(dtype: string, byteLength: number): Buffer {
  return tensorsFile({ weight: [dtype, byteLength / (ELEMENT_BYTES[dtype] ?? 1)] });
}

/** A Linear with the scale that DeepSeek and others write beside weights of 8 bits. */
function scaledLayer(dtype: string): Buffer {
  return tensorsFile({
    'encoder.layer.0.output.dense.weight': [dtype, 4, 4],
    'encoder.layer.0.output.dense.weight_scale_inv': ['F32', 1, 1],
  });
}

describe('detectQuantization', () => {
  it('judges the embedded model by its content', async () => {
    const detection = await detectQuantization(EMBEDDED_FOLDER);
    expect(detection).toMatchObject({ quantized: true, method: 'pytorch-dynamic-int8', decidedBy: 'content' });
    expect(detection.evidence.map(({ kind }) => kind)).toEqual(['name', 'readme', 'content']);
    expect(detection.evidence.at(-1)?.detail).toContain('torch._utils._rebuild_qtensor');
    expect(await isQuantizedModel(join(EMBEDDED_FOLDER, 'pytorch_model.bin'))).toBe(true);
  });

  it('lets content beat name, README and configuration', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'e5-optimized-int8'), {
      'pytorch_model.bin': null,
      'README.md': 'This model was quantized to int8.',
      'quantization_config.json': '{"quant_method": "torchao"}',
    });
    await writeFile(join(folder, 'model.safetensors'), safetensors('F32', 8));
    const detection = await detectQuantization(folder);
    expect(detection).toMatchObject({ quantized: false, method: null, decidedBy: 'content' });
    expect(detection.evidence.map(({ quantized }) => quantized)).toEqual([true, true, true, false]);
  });

  it('sees integer tensors of safetensors', async () => {
    await using temporary = await temporaryFolder();
    const path = join(temporary.path, 'model.safetensors');
    await writeFile(path, safetensors('I8', 2));
    expect(await detectQuantization(path)).toMatchObject({ quantized: true, method: 'integer-tensors' });
  });

  it('does not take floats of 8 bits, which are not read, for nothing', async () => {
    await using temporary = await temporaryFolder();
    const path = join(temporary.path, 'model.safetensors');
    await writeFile(path, scaledLayer('F8_E4M3'));
    const detection = await detectQuantization(path);
    expect(detection).toMatchObject({ quantized: true, method: 'small-floats', decidedBy: 'content' });
    expect(detection.evidence.at(-1)?.detail).toBe('1 F8_E4M3 tensor');
    await writeFile(join(temporary.path, 'config.json'), '{"quantization_config": {"quant_method": "fp8"}}');
    expect(await detectQuantization(temporary.path)).toMatchObject({ quantized: true, method: 'fp8' });
    await writeFile(path, scaledLayer('F16'));
    expect(await detectQuantization(path)).toMatchObject({ quantized: false, method: null });
  });

  it('falls back on weaker evidence when the checkpoint cannot be read', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'plain'), {
      'pytorch_model.bin': 'not a checkpoint'.repeat(100),
      'quantization_config.json': '{"quant_method": "gptq"}',
    });
    const detection = await detectQuantization(folder);
    expect(detection).toMatchObject({ quantized: true, method: 'gptq', decidedBy: 'config' });
    expect(detection.evidence.at(-1)).toMatchObject({ kind: 'content', quantized: null });
  });

  it.each([
    [
      'int8 Linears of bitsandbytes',
      { 'a.weight': ['I8', 8, 8], 'a.SCB': ['F32', 8], 'e.weight': ['F32', 90, 8] },
      'bitsandbytes-int8',
    ],
    [
      '4-bit Linears of bitsandbytes',
      { 'a.weight': ['U8', 32, 1], 'a.weight.absmax': ['F32', 2], 'a.weight.quant_map': ['F32', 16] },
      'bitsandbytes-4bit',
    ],
    [
      'GPTQ',
      { 'a.qweight': ['I32', 8, 8], 'a.qzeros': ['I32', 1, 1], 'a.scales': ['F16', 1, 8], 'a.g_idx': ['I32', 64] },
      'gptq',
    ],
    ['AWQ', { 'a.qweight': ['I32', 8, 8], 'a.qzeros': ['I32', 1, 1], 'a.scales': ['F16', 1, 8] }, 'awq'],
    ['compressed-tensors', { 'a.weight': ['I8', 8, 8], 'a.weight_scale': ['F32', 8, 1] }, 'compressed-tensors'],
    ['quanto', { 'a.weight._data': ['I8', 8, 8], 'a.weight._scale': ['F32', 8, 1] }, 'quanto'],
    ['plain int8 weights', { 'a.weight': ['I8', 8, 8], 'e.weight': ['F32', 900, 8] }, 'integer-tensors'],
    ['int8 matrices of other names', { table: ['I8', 64, 8], bias: ['F32', 8] }, 'integer-tensors'],
  ] as const)('tells %s by the tensors alone', async (_, tensors, method) => {
    await using temporary = await temporaryFolder();
    const path = join(temporary.path, 'model.safetensors');
    await writeFile(path, tensorsFile(tensors));
    expect(await detectQuantization(path)).toMatchObject({ quantized: true, method, decidedBy: 'content' });
  });

  it.each([
    ['position ids', { 'a.weight': ['F32', 8, 8], 'embeddings.position_ids': ['I64', 1, 512] }, 'float32'],
    [
      'masks of bytes',
      { 'a.weight': ['F32', 8, 8], 'h.0.attn.bias': ['U8', 1, 1, 64, 64], 'mask.mask': ['U8', 64, 64] },
      'float32',
    ],
    ['a small table of bytes', { 'a.weight': ['F32', 8, 8], languages: ['U8', 8, 8] }, 'float32'],
    ['LayerScale', { 'a.weight': ['F32', 8, 8], 'a.weight_scale': ['F32', 8] }, 'float32'],
    ['float16', { 'a.weight': ['F16', 8, 8] }, 'float16'],
    ['bfloat16', { 'a.weight': ['BF16', 8, 8] }, 'bfloat16'],
  ] as const)('does not take %s for quantization', async (_, tensors, dtype) => {
    await using temporary = await temporaryFolder();
    const path = join(temporary.path, 'model.safetensors');
    await writeFile(path, tensorsFile(tensors));
    expect(await detectQuantization(path)).toMatchObject({
      quantized: false,
      method: null,
      decidedBy: 'content',
      dtype,
    });
  });

  it('reads all shards of a checkpoint', async () => {
    await using temporary = await temporaryFolder();
    const weightMap = { 'a.weight': 'one.safetensors', 'b.weight': 'two.safetensors' };
    await writeFile(join(temporary.path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
    await writeFile(join(temporary.path, 'one.safetensors'), tensorsFile({ 'a.weight': ['F32', 8, 8] }));
    await writeFile(join(temporary.path, 'two.safetensors'), tensorsFile({ 'b.weight': ['I8', 8, 8] }));
    const expected = { quantized: true, method: 'integer-tensors' };
    expect(await detectQuantization(temporary.path)).toMatchObject(expected);
    expect(await detectQuantization(join(temporary.path, 'model.safetensors.index.json'))).toMatchObject(expected);
  });

  it.each([
    ['int8', 'onnx-int8', '1 DynamicQuantizeLinear, 1 MatMulInteger'],
    ['uint8', 'onnx-uint8', '1 DynamicQuantizeLinear, 1 MatMulInteger'],
    ['int8-weights', 'onnx-int8-weights', '1 DequantizeLinear'],
    ['float32', null, 'its weights are float32'],
  ] as const)('tells an ONNX graph of %s by its operators', async (numbers, method, detail) => {
    await using temporary = await temporaryFolder();
    const path = await writeReadyGraph(join(temporary.path, 'plain', 'model.onnx'), { numbers });
    const detection = await detectQuantization(path);
    expect(detection).toMatchObject({ quantized: method !== null, method, decidedBy: 'content' });
    expect(detection.evidence.at(-1)?.detail).toBe(detail);
  });

  it('gives no opinion on a pickle it refuses', async () => {
    const detection = await detectQuantization(join(BAD_FIXTURES, 'evil-os-system.bin'));
    expect(detection).toMatchObject({ quantized: false, method: null, decidedBy: null, dtype: null });
    expect(detection.evidence).toMatchObject([{ kind: 'content', quantized: null, weight: 0 }]);
    expect(detection.evidence[0]?.detail).toContain('CHECKPOINT_FORBIDDEN_GLOBAL');
  });

  it('lets neither a link in the README nor "optimized" in the name decide against readable weights', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'plain'), {
      'pytorch_model.bin': null,
      'README.md': 'A quantized version is available [here](https://example.org/b-int8).',
    });
    expect(await detectQuantization(folder)).toMatchObject({ quantized: false, decidedBy: null });
    const named = await modelFolder(join(temporary.path, 'e5-optimized'), { 'pytorch_model.bin': null });
    expect(await detectQuantization(named)).toMatchObject({ quantized: true, method: null, decidedBy: 'name' });
  });

  it('says no when nothing speaks for it', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'plain'), { 'pytorch_model.bin': null });
    expect(await detectQuantization(folder)).toMatchObject({ quantized: false, method: null, decidedBy: null });
  });

  it('refuses a path that is not there', async () => {
    await expect(detectQuantization('/no/such/folder')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
