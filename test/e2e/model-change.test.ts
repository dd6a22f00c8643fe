import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FastIndexer } from '../../src/indexing/fast-indexer.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { openEncoder } from '../../src/model/open-encoder.ts';
import { CodeKnowledgeGraph } from '../../src/search/code-knowledge-graph.ts';
import { VectorKnowledgeGraph } from '../../src/search/vector-knowledge-graph.ts';
import { copyModel, fixture, LFS_POINTER, makePlace, type Place } from '../faults/fault.ts';
import { runCli, type CliResult } from '../helpers/run-cli.ts';

const ELASTIC = 'elastic/multilingual-e5-small-optimized';
const INTFLOAT = 'intfloat/multilingual-e5-small';

/** A repository with two small models, taken away at the end of the scope. */
function place(): Place &
  Disposable & { run(...args: string[]): CliResult; json(...args: string[]): Record<string, unknown> } {
  const made = makePlace();
  const run = (...args: string[]): CliResult => runCli(args, { cwd: made.root });
  return {
    ...made,
    run,
    json: (...args) => JSON.parse(run(...args, '--json').stdout) as Record<string, unknown>,
    [Symbol.dispose]: () => made.cleanups.forEach((cleanup) => cleanup()),
  };
}

describe('the model of an index', () => {
  it('is the one that served when it was made, until the index is made again', () => {
    using repository = place();
    const weights = join(repository.model, 'pytorch_model.bin');
    writeFileSync(weights, LFS_POINTER);
    const first = repository.json('index');
    expect(first).toMatchObject({
      files: { parsed: 1 },
      model: { id: INTFLOAT, fallbackFrom: [{ id: ELASTIC, code: 'MODEL_FILE_MISSING' }] },
      diagnostics: [{ code: 'MODEL_FALLBACK' }],
    });
    // Told again by a run with nothing to do, by doctor, and by doctor of what the index holds.
    expect(repository.json('index')).toMatchObject({ embedded: 0, diagnostics: [{ code: 'MODEL_FALLBACK' }] });
    const checks = repository.json('doctor');
    expect(checks).toMatchObject({
      candidates: [
        { id: ELASTIC, state: 'failed', code: 'MODEL_FILE_MISSING' },
        { id: INTFLOAT, state: 'used' },
        { id: 'codegraphai/multilingual-e5-small-int8', state: 'spare' },
      ],
      model: { id: INTFLOAT, format: 'checkpoint', weights: 'model.safetensors', precision: 'auto', device: 'cpu' },
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'model', status: 'warning', code: 'MODEL_FALLBACK' }),
        expect.objectContaining({ name: 'store', status: 'warning', message: expect.stringContaining(ELASTIC) }),
      ]),
    });
    expect(repository.run('search', 'cancel', '--mode', 'semantic')).toMatchObject({ status: 0, stderr: '' });

    copyFileSync(fixture('quantized/pytorch_model.bin'), weights);
    const search = repository.run('search', 'cancel', '--mode', 'semantic');
    expect(search).toMatchObject({ status: 0, stdout: expect.stringContaining(INTFLOAT) });
    expect(search.stderr).toContain(`${ELASTIC} is available now`);
    expect(search.stderr).toContain('codegraphai index');

    expect(repository.json('index')).toMatchObject({
      files: { parsed: 0, unchanged: 1 },
      embedded: 1,
      reused: 0,
      model: { id: ELASTIC, fallbackFrom: [] },
      diagnostics: [{ code: 'MODEL_CHANGED' }],
    });
    expect(repository.run('search', 'cancel', '--mode', 'semantic').stderr).toBe('');
  });

  it('is not said to be outdone by one that still fails as it did, only by one that was repaired', () => {
    using repository = place();
    const weights = join(repository.model, 'pytorch_model.bin');
    // Its files can be told apart from others without being loaded: the index remembers which ones failed.
    copyFileSync(fixture('damaged/forbidden-global.bin'), weights);
    expect(repository.json('index')).toMatchObject({
      model: { id: INTFLOAT, fallbackFrom: [{ id: ELASTIC, fingerprint: expect.any(String) }] },
    });
    expect(repository.run('search', 'cancel', '--mode', 'semantic')).toMatchObject({ status: 0, stderr: '' });
    copyFileSync(fixture('quantized/pytorch_model.bin'), weights);
    expect(repository.run('search', 'cancel', '--mode', 'semantic').stderr).toContain(`${ELASTIC} is available now`);
  });

  it('is not said to be outdone when it was asked for by its name', () => {
    using repository = place();
    repository.run('index', '--model', INTFLOAT);
    expect(repository.run('search', 'cancel', '--mode', 'semantic')).toMatchObject({ status: 0, stderr: '' });
  });

  it('is not replaced by another for questions when it cannot be loaded any more', () => {
    using repository = place();
    repository.run('index', '--model', INTFLOAT);
    writeFileSync(join(repository.next, 'model.safetensors'), LFS_POINTER);
    const refused = repository.run('search', 'cancel', '--mode', 'semantic', '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'MODEL_FILE_MISSING' } });
  });

  it('is refused for questions when its weights were replaced, with the command that repairs it', () => {
    using repository = place();
    repository.run('index', '--model', ELASTIC);
    const weights = join(repository.next, 'model.safetensors');
    repository.run('index', '--model', INTFLOAT);
    const bytes = readFileSync(weights);
    bytes.writeFloatLE(0.25, bytes.length - 4);
    writeFileSync(weights, bytes);
    for (const mode of ['hybrid', 'semantic']) {
      const refused = repository.run('search', 'cancel', '--mode', mode, '--json');
      expect(refused).toMatchObject({ status: 4 });
      expect(JSON.parse(refused.stdout)).toMatchObject({
        error: {
          code: 'SEARCH_MODEL_MISMATCH',
          message: expect.stringContaining(`embedded with other files of ${INTFLOAT}`),
          hint: expect.stringContaining(`codegraphai index --model ${INTFLOAT}`),
        },
      });
    }
    expect(repository.run('search', 'cancel', '--mode', 'keyword').status).toBe(0);
    expect(repository.json('index', '--model', INTFLOAT)).toMatchObject({ files: { parsed: 0 }, embedded: 1 });
    expect(repository.run('search', 'cancel').status).toBe(0);
  });

  it('is refused when a question names another one', () => {
    using repository = place();
    repository.run('index');
    const refused = repository.run('search', 'cancel', '--model', `./models/${INTFLOAT}`);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toMatch(/embedded with elastic\/.* not with intfloat\//);
    expect(refused.stderr).toContain(`codegraphai index --model ${repository.next}`);
    expect(repository.run('search', 'cancel', '--model', ELASTIC).status).toBe(0);
  });

  it('is missed when it has gone, with what can be done', () => {
    using repository = place();
    repository.run('index', '--model', `./models/${INTFLOAT}`);
    rmSync(repository.next, { recursive: true });
    const refused = repository.run('search', 'cancel');
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain(`${INTFLOAT}, the model of the index, is neither in ${repository.next} any more`);
    expect(refused.stderr).toMatch(/hint: .*codegraphai index.*--mode keyword/);
    expect(repository.run('search', 'cancel', '--mode', 'keyword').status).toBe(0);
  });

  it('is found where it has moved to', () => {
    using repository = place();
    copyModel('float', join(repository.root, 'elsewhere/models', INTFLOAT));
    repository.run('index', '--model', `./elsewhere/models/${INTFLOAT}`);
    rmSync(join(repository.root, 'elsewhere'), { recursive: true });
    expect(repository.run('search', 'cancel')).toMatchObject({ status: 0, stdout: expect.stringContaining(INTFLOAT) });
  });

  it('keeps the precision it was indexed with for its questions', () => {
    using repository = place();
    const report = repository.json('index', '--model', INTFLOAT, '--precision', 'float32');
    const { model } = report as { model: { fingerprint: string; precision: string } };
    expect(model.precision).toBe('float32');
    expect(repository.json('search', 'cancel', '--mode', 'semantic')).toMatchObject({
      model: { fingerprint: model.fingerprint },
      hits: [{ rank: 1 }],
    });
    expect(repository.run('search', 'cancel', '--model', INTFLOAT).status).toBe(0);
    expect(repository.json('doctor')).toMatchObject({ model: { precision: 'float32' } });
    expect(repository.json('index', '--model', INTFLOAT, '--precision', 'auto')).toMatchObject({
      files: { parsed: 0 },
      embedded: 1,
    });
  });
});

describe('embeddingModel', () => {
  it.each([
    ['null, the default order', null, { id: ELASTIC, source: 'project', quantization: 'pytorch-dynamic-int8' }],
    ['a hub id', INTFLOAT, { id: INTFLOAT, source: 'project', quantization: null }],
    ['a folder', './other/place', { id: 'place', source: 'folder', weights: 'pytorch_model.bin' }],
    ['a file', './other/place/pytorch_model.bin', { id: 'place', source: 'folder', weights: 'pytorch_model.bin' }],
  ])('may be %s', async (_name, embeddingModel, chosen) => {
    using repository = place();
    copyModel('quantized', join(repository.root, 'other/place'));
    const said: string[] = [];
    const logger = { ...silentLogger, info: (text: string) => void said.push(text) };
    await using knowledgeGraph = await CodeKnowledgeGraph.open({ root: repository.root });
    const indexer = new FastIndexer({ knowledgeGraph, embeddingModel, workers: 0, logger });
    const { model } = await indexer.index();
    expect(model).toMatchObject({ ...chosen, requested: embeddingModel });
    expect(said.some((text) => text.startsWith(`embedding model ${chosen.id}: it `))).toBe(true);
    await using vectors = await VectorKnowledgeGraph.open({ knowledgeGraph, embeddingModel });
    expect(await vectors.semanticSearch('cancel an order')).toHaveLength(1);
    await using same = await VectorKnowledgeGraph.open({ knowledgeGraph });
    expect(await same.hybridSearch('cancel an order')).toHaveLength(1);
  });
});

describe('an open search', () => {
  it('goes over to the model that the index has been given meanwhile', async () => {
    using repository = place();
    await using knowledgeGraph = await CodeKnowledgeGraph.open({ root: repository.root });
    const index = async (embeddingModel: string): Promise<unknown> =>
      await new FastIndexer({ knowledgeGraph, embeddingModel, workers: 0 }).index();
    await index(ELASTIC);
    await using vectors = await VectorKnowledgeGraph.open({ knowledgeGraph });
    await using named = await VectorKnowledgeGraph.open({ knowledgeGraph, embeddingModel: ELASTIC });
    for (const search of [vectors, named]) expect(await search.semanticSearch('cancel an order')).toHaveLength(1);
    await index(INTFLOAT);
    expect(await vectors.semanticSearch('cancel an order')).toHaveLength(1);
    await expect(named.semanticSearch('cancel an order')).rejects.toMatchObject({
      code: 'SEARCH_MODEL_MISMATCH',
      hint: expect.stringContaining(`codegraphai index --model ${ELASTIC}`),
    });
  });
});

describe('an abort while a model is compiled', () => {
  it('ends it and leaves nothing behind', async () => {
    using repository = place();
    const cacheDir = join(repository.root, '.cache');
    const abort = new AbortController();
    const reason = new DOMException('interrupted', 'AbortError');
    const info = (text: string): void => {
      if (text.includes('measuring')) abort.abort(reason);
    };
    const logger = { ...silentLogger, info };
    const opening = openEncoder(repository.next, { cacheDir, strict: true, signal: abort.signal, logger });
    await expect(opening).rejects.toBe(reason);
    expect(readdirSync(join(cacheDir, 'compiled'))).toEqual([]);
  });
});
