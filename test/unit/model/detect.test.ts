import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectQuantization, isQuantizedModel } from '../../../src/model/detect.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

/** A safetensors file of one tensor of two elements. */
function safetensors(dtype: string, byteLength: number): Buffer {
  const header = Buffer.from(JSON.stringify({ weight: { dtype, shape: [2], data_offsets: [0, byteLength] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(byteLength)]);
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

  it('says no when nothing speaks for it', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'plain'), { 'pytorch_model.bin': null });
    expect(await detectQuantization(folder)).toMatchObject({ quantized: false, method: null, decidedBy: null });
  });

  it('refuses a path that is not there', async () => {
    await expect(detectQuantization('/no/such/folder')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
