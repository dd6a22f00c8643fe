import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModelFiles, modelFolderOf } from '../../../src/model/model-files.ts';
import { sniffFile } from '../../../src/model/sniff-file.ts';
import { temporaryFolder } from './model-folder.ts';
import { writeReadyGraph } from './onnx/ready/ready-fixtures.ts';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 17082730\n`;
const PAGE = '\n<!DOCTYPE html>\n<html><title>Sign in to the guest network</title></html>';
const WEIGHTS = 'bytes that may be weights';
const INDEX = JSON.stringify({ metadata: {}, weight_map: { one: 'part-1.safetensors', two: 'part-2.safetensors' } });

/** A folder with files of these texts; null makes a folder of that name. */
async function folderWith(
  files: Readonly<Record<string, string | null>>,
): Promise<Awaited<ReturnType<typeof temporaryFolder>>> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder.path, name);
    await mkdir(text === null ? path : dirname(path), { recursive: true });
    if (text !== null) await writeFile(path, text);
  }
  return folder;
}

describe('sniffFile', () => {
  it.each([
    ['', 'empty'],
    [POINTER, 'lfs-pointer'],
    [PAGE, 'html'],
    ['\u{FEFF}<html>', 'html'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'html'],
    ['Entry not found', 'error-text'],
    ['Access to model meta/x is restricted.', 'error-text'],
    [WEIGHTS, 'content'],
    ['<unk> 0\n', 'content'],
  ])('takes %j for %s', async (text, kind) => {
    await using folder = await folderWith({ file: text });
    expect(await sniffFile(join(folder.path, 'file'))).toBe(kind);
  });

  it('tells what is no file', async () => {
    await using folder = await folderWith({ folder: null });
    expect(await sniffFile(join(folder.path, 'folder'))).toBe('folder');
    expect(await sniffFile(join(folder.path, 'absent'))).toBe('absent');
    expect(await sniffFile('/dev/null')).toBe('special');
  });
});

describe('findModelFiles', () => {
  it.each([
    [['model.safetensors', 'pytorch_model.bin'], 'model.safetensors'],
    [['pytorch_model.bin', 'onnx/model.onnx'], 'pytorch_model.bin'],
    [['model.safetensors.index.json', 'pytorch_model.bin'], 'model.safetensors.index.json'],
    [['pytorch_model.bin', 'pytorch_model.bin.index.json'], 'pytorch_model.bin'],
  ])('of %j takes %s', async (names, expected) => {
    const shards = { 'part-1.safetensors': WEIGHTS, 'part-2.safetensors': WEIGHTS };
    const files = Object.fromEntries(names.map((name) => [name, name.endsWith('.json') ? INDEX : WEIGHTS]));
    await using folder = await folderWith({ ...shards, ...files });
    const found = await findModelFiles(folder.path);
    expect(found).toMatchObject({
      format: 'checkpoint',
      weights: join(folder.path, expected),
      choice: null,
      diagnostics: [],
    });
    const parts = expected.endsWith('.json') ? [expected, ...Object.keys(shards)] : [expected];
    expect(found.weightFiles).toEqual(parts.map((name) => join(folder.path, name)));
  });

  it.each([
    ['a Git LFS pointer', POINTER],
    ['an HTML or XML page', PAGE],
    ['empty', ''],
    ['a folder', null],
    ['the error message of a server', 'Entry not found'],
  ])('passes over weights that are %s when others are whole', async (what, text) => {
    await using folder = await folderWith({ 'model.safetensors': text, 'pytorch_model.bin': WEIGHTS });
    const { weights, diagnostics } = await findModelFiles(folder.path);
    expect(weights).toBe(join(folder.path, 'pytorch_model.bin'));
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'MODEL_WEIGHTS_SKIPPED' }]);
    expect(diagnostics[0]?.message).toContain(what);
    expect(diagnostics[0]?.message).toContain('pytorch_model.bin is taken instead');
  });

  it('passes over shards that are not all there', async () => {
    await using folder = await folderWith({
      'model.safetensors.index.json': INDEX,
      'part-1.safetensors': POINTER,
      'pytorch_model.bin': WEIGHTS,
    });
    const { weights, diagnostics } = await findModelFiles(folder.path);
    expect(weights).toBe(join(folder.path, 'pytorch_model.bin'));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('part-1.safetensors is a Git LFS pointer'),
      expect.stringContaining('part-2.safetensors is not there'),
    ]);
  });

  it('passes over a shard index that is damaged, and says what is wrong with it when nothing else is there', async () => {
    await using folder = await folderWith({
      'model.safetensors.index.json': '{"weight_map": ',
      'pytorch_model.bin': WEIGHTS,
    });
    const { weights, diagnostics } = await findModelFiles(folder.path);
    expect(weights).toBe(join(folder.path, 'pytorch_model.bin'));
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining('the shard index is not JSON') }]);
    await using alone = await folderWith({ 'model.safetensors.index.json': '{"weight_map": {"a": "../b"}}' });
    await expect(findModelFiles(alone.path)).rejects.toMatchObject({ code: 'CHECKPOINT_MALFORMED' });
  });

  it.each([
    [
      { 'model.safetensors': POINTER, 'pytorch_model.bin': POINTER },
      'is a Git LFS pointer, not the file itself, and 1 more',
      'git lfs pull',
    ],
    [{ 'onnx/model.onnx': POINTER }, 'model.onnx is a Git LFS pointer', 'git lfs pull'],
    [{ 'model.safetensors': null }, 'model.safetensors is a folder', 'Put the file itself'],
    [
      { 'model.safetensors.index.json': INDEX, 'part-1.safetensors': WEIGHTS },
      'part-2.safetensors is not there',
      'Download the file again',
    ],
    [{}, 'has none of model.safetensors, ', 'Name a folder'],
    [
      { 'tf_model.h5': WEIGHTS, 'model.gguf': WEIGHTS },
      'it has model.gguf, tf_model.h5, which cannot be used',
      'Get the model.safetensors',
    ],
  ] as const)('refuses %j', async (files, message, hint) => {
    await using folder = await folderWith(files);
    await expect(findModelFiles(folder.path)).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it('leaves damaged weights to their reader when nothing else is there', async () => {
    await using folder = await folderWith({ 'model.safetensors': PAGE });
    expect(await findModelFiles(folder.path)).toMatchObject({ weights: join(folder.path, 'model.safetensors') });
  });

  it('takes the ONNX graph that can be used, and exactly the file that is named', async () => {
    await using folder = await folderWith({ 'model.safetensors': POINTER, 'onnx/model_fp16.onnx': PAGE });
    await writeReadyGraph(join(folder.path, 'onnx', 'model.onnx'));
    await writeReadyGraph(join(folder.path, 'onnx', 'model_head.onnx'), { output: 'logits' });
    const found = await findModelFiles(folder.path);
    expect(found).toMatchObject({ format: 'onnx', weights: join(folder.path, 'onnx', 'model.onnx') });
    expect(found.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('model.safetensors is a Git LFS pointer'),
      expect.stringContaining('model_fp16.onnx is an HTML or XML page'),
      expect.stringContaining('gives logits and no embeddings'),
    ]);
    await expect(findModelFiles(join(folder.path, 'onnx', 'model_head.onnx'))).rejects.toMatchObject({
      code: 'ONNX_UNSUPPORTED',
    });
    const named = join(folder.path, 'model.safetensors');
    expect(await findModelFiles(named)).toMatchObject({ format: 'checkpoint', weights: named });
  });
});

describe('modelFolderOf', () => {
  it('knows that graphs lie in a folder of their own', () => {
    expect(modelFolderOf('/models/a/onnx/model.onnx')).toBe('/models/a');
    expect(modelFolderOf('/models/a/model.onnx')).toBe('/models/a');
  });
});
