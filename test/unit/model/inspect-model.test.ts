import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/model/inspect-model.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';
import { writeReadyGraph } from './onnx/ready/ready-fixtures.ts';

const BAD_FIXTURES: string = fileURLToPath(new URL('../../fixtures/checkpoint/bad', import.meta.url));

describe('inspectModel', () => {
  it('tells everything of a model folder', async () => {
    const inspection = await inspectModel(EMBEDDED_FOLDER);
    expect(inspection).toMatchObject({
      folder: EMBEDDED_FOLDER,
      weights: { format: 'checkpoint', choice: null, diagnostics: [] },
      checkpoint: { format: 'torch-zip', dominantDtype: 'quint8', operators: null },
      manifest: { architecture: 'bert', pooling: 'mean', maxTokens: 512 },
      tokenizer: { file: 'tokenizer.json', diagnostics: [] },
      quantization: { quantized: true, method: 'pytorch-dynamic-int8', decidedBy: 'content' },
      outlook: { usable: true, hint: null, numerics: expect.stringContaining('69 Linears in int8') },
    });
    const { int8, float } = inspection.checkpoint.linears;
    expect([int8.length, float]).toEqual([69, [0, 4, 5].map((layer) => `encoder.layer.${layer}.output.dense`)]);
    expect(Object.keys(inspection)).toEqual([
      'reference',
      'folder',
      'weights',
      'checkpoint',
      'manifest',
      'tokenizer',
      'quantization',
      'outlook',
    ]);
  });

  it('takes a single file with the folder around it, or without one', async () => {
    const file = join(EMBEDDED_FOLDER, 'pytorch_model.bin');
    expect(await inspectModel(file)).toMatchObject({ folder: EMBEDDED_FOLDER, outlook: { usable: true } });
    await using temporary = await temporaryFolder();
    await symlink(file, join(temporary.path, 'download.bin'));
    expect(await inspectModel(join(temporary.path, 'download.bin'))).toMatchObject({
      folder: null,
      manifest: null,
      tokenizer: null,
      checkpoint: { format: 'torch-zip' },
      outlook: { usable: false, reason: expect.stringContaining('has no config.json') },
    });
  });

  it('looks into an ONNX graph', async () => {
    await using temporary = await temporaryFolder();
    const path = await writeReadyGraph(join(temporary.path, 'onnx', 'model.onnx'), { numbers: 'int8' });
    expect(await inspectModel(path)).toMatchObject({
      weights: { format: 'onnx', choice: expect.stringContaining('int8 weights, multiplied in integers') },
      checkpoint: { format: 'onnx', operators: { MatMulInteger: 1 }, linears: { int8: [], float: [] } },
      manifest: { architecture: 'onnx', hiddenSize: 6, vocabularySize: 40 },
      tokenizer: null,
      outlook: { usable: false, reason: expect.stringContaining('TOKENIZER_MISSING') },
    });
  });

  it('says why a model would not run, and what to do', async () => {
    await using temporary = await temporaryFolder();
    const config = JSON.parse(await readFile(join(EMBEDDED_FOLDER, 'config.json'), 'utf8')) as object;
    const folder = await modelFolder(join(temporary.path, 'model'), {
      'config.json': JSON.stringify({ ...config, quantization_config: { quant_method: 'gptq', bits: 4 } }),
    });
    const { outlook, quantization } = await inspectModel(folder);
    expect(outlook).toMatchObject({ usable: false, runtime: null, numerics: null });
    expect(outlook.reason).toMatch(/MODEL_UNSUPPORTED: .*gptq/);
    expect(outlook.hint).toContain('float weights');
    // What the tensors show still beats what the configuration says.
    expect(quantization).toMatchObject({ method: 'pytorch-dynamic-int8', decidedBy: 'content' });
    expect(quantization.evidence.find(({ kind }) => kind === 'config')?.detail).toBe('quant_method is gptq, 4 bits');
  });

  it.each(['damage-crc-tensor.bin', 'damage-crc-pkl.bin'])('compares checksums: %s', async (name) => {
    await expect(inspectModel(join(BAD_FIXTURES, name))).rejects.toMatchObject({
      code: 'CHECKPOINT_CHECKSUM_MISMATCH',
    });
    await expect(inspectModel(join(BAD_FIXTURES, name), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('does not promise to run weights that lack tensors or are of another size', async () => {
    await using temporary = await temporaryFolder();
    const config = JSON.parse(await readFile(join(EMBEDDED_FOLDER, 'config.json'), 'utf8')) as object;
    for (const [change, code] of [
      [{ num_hidden_layers: 13 }, 'MODEL_TENSOR_MISSING: the checkpoint has no tensor encoder.layer.12.'],
      [{ intermediate_size: 768 }, 'MODEL_SHAPE_MISMATCH: tensor encoder.layer.0.intermediate.dense'],
    ] as const) {
      const folder = await modelFolder(join(temporary.path, code.slice(0, 12)), {
        'config.json': JSON.stringify({ ...config, ...change }),
      });
      const { outlook } = await inspectModel(folder);
      expect(outlook).toMatchObject({ usable: false, reason: expect.stringContaining(code) });
    }
  });

  it('tells which weights were passed over', async () => {
    await using temporary = await temporaryFolder();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 170\n`;
    const folder = await modelFolder(join(temporary.path, 'model'), { 'model.safetensors': pointer });
    const { weights, outlook } = await inspectModel(folder);
    expect(weights.diagnostics).toMatchObject([{ code: 'MODEL_WEIGHTS_SKIPPED' }]);
    expect(outlook.usable).toBe(true);
  });

  it.each([
    ['damage-truncated-half.bin', 'CHECKPOINT_TRUNCATED'],
    ['damage-html.bin', 'CHECKPOINT_NOT_A_CHECKPOINT'],
    ['damage-git-lfs-pointer.bin', 'CHECKPOINT_LFS_POINTER'],
    ['evil-os-system.bin', 'CHECKPOINT_FORBIDDEN_GLOBAL'],
  ])('refuses %s with %s', async (name, code) => {
    await expect(inspectModel(join(BAD_FIXTURES, name))).rejects.toMatchObject({ code });
  });

  it('refuses what is no file, a damaged graph and a name that is nowhere', async () => {
    await expect(inspectModel('/dev/zero')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await using temporary = await temporaryFolder();
    await mkdir(join(temporary.path, 'empty'));
    await expect(inspectModel(join(temporary.path, 'empty'))).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
    await writeFile(join(temporary.path, 'model.onnx'), 'no graph at all');
    await expect(inspectModel(join(temporary.path, 'model.onnx'))).rejects.toMatchObject({ code: 'ONNX_MALFORMED' });
    await expect(
      inspectModel('no/such', { root: temporary.path, environment: { HF_HOME: temporary.path } }),
    ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
