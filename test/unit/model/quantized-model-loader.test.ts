import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import type { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';
import { embeddingRanges, quantizeEmbeddings } from '../../../src/model/embeddings/quantize-embeddings.ts';
import type { QuantizedEmbeddings } from '../../../src/model/embeddings/quantized-embeddings.ts';
import type { LoaderEncodeOptions } from '../../../src/model/loader-options.ts';
import { QuantizedModelLoader } from '../../../src/model/quantized-model-loader.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

const TEXTS = ['open a file', 'close the connection pool', 'abrir um arquivo'];

let cache: Awaited<ReturnType<typeof temporaryFolder>>;
let model: QuantizedModelLoader;
const warnings: string[] = [];

beforeAll(async () => {
  cache = await temporaryFolder();
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  model = await QuantizedModelLoader.load(EMBEDDED_FOLDER, { cacheDir: cache.path, strict: true, workers: 1, logger });
});
afterAll(async () => {
  await model.close();
  await cache[Symbol.asyncDispose]();
});

const onProgress = (): never => expect.unreachable();

function folderWith(path: string, usage: object): Promise<string> {
  return modelFolder(path, { 'config_sentence_transformers.json': JSON.stringify(usage) });
}

describe('QuantizedModelLoader.encode', () => {
  it('gives a row for one text and none for none', async () => {
    const options = { batchSize: 32, showProgressBar: false };
    const [one, none] = [await model.encode('open a file', options), await model.encode([], options)];
    expect([one.rows, one.dimensions, none.rows, none.dimensions]).toEqual([1, 384, 0, 384]);
    const empty = await model.encode(['', '\ud800']);
    expect(empty.data.every(Number.isFinite)).toBe(true);
  });

  it('returns the numbers of the precision, to the type checker as well', async () => {
    const float32 = await model.encode(TEXTS);
    const int8 = await model.encode(TEXTS, { precision: 'int8' });
    const ubinary = await model.encodeQuery(TEXTS, { precision: 'ubinary' });
    const wanted: 'float32' | 'binary' = TEXTS.length > 0 ? 'binary' : 'float32';
    const either = await model.encodeDocument(TEXTS, { precision: wanted });
    expectTypeOf(float32).toEqualTypeOf<EmbeddingMatrix>();
    expectTypeOf(int8).toEqualTypeOf<QuantizedEmbeddings<Int8Array>>();
    expectTypeOf(ubinary).toEqualTypeOf<QuantizedEmbeddings<Uint8Array>>();
    expectTypeOf(either).toEqualTypeOf<EmbeddingMatrix | QuantizedEmbeddings<Int8Array>>();
    const anyOptions: LoaderEncodeOptions = { precision: 'int8' };
    expectTypeOf(await model.encode(TEXTS, anyOptions)).toEqualTypeOf<
      EmbeddingMatrix | QuantizedEmbeddings<Int8Array> | QuantizedEmbeddings<Uint8Array>
    >();
    expect(int8).toEqual(quantizeEmbeddings(float32, 'int8'));
    expect([ubinary.rows, ubinary.dimensions]).toEqual([3, 48]);
    expect(either.data).toBeInstanceOf(Int8Array);
    expect(warnings.at(-1)).toContain('int8 ranges are taken from 3 embeddings');
  });

  it('cuts, then normalizes, then quantizes', async () => {
    const options = { truncateDim: 60, normalizeEmbeddings: true };
    const short = await model.encode(TEXTS, options);
    expect([short.rows, short.dimensions]).toEqual([3, 60]);
    for (const row of short) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    const whole = (await model.encode(TEXTS)).row(0);
    expect(short.row(0)[0]! / short.row(0)[1]!).toBeCloseTo(whole[0]! / whole[1]!, 4);
    const unnormalized = await model.encode(TEXTS, { truncateDim: 60 });
    expect(unnormalized.row(0)).toEqual(whole.subarray(0, 60));
    const binary = await model.encode(TEXTS, { ...options, precision: 'binary' });
    expect([binary.dimensions, binary.sourceDimensions]).toEqual([8, 60]);
  });

  it('quantizes by ranges of other embeddings', async () => {
    const documents = await model.encodeDocument(TEXTS);
    const ranges = embeddingRanges(documents);
    const query = await model.encodeQuery('which file?', { precision: 'uint8', ranges });
    expect(query.rows).toBe(1);
    const calibrated = { precision: 'uint8', calibrationEmbeddings: documents } as const;
    expect(await model.encodeQuery('which file?', calibrated)).toEqual(query);
  });

  it('refuses what cannot be before it begins', async () => {
    const refused = async (options: object, message: string): Promise<void> => {
      await expect(model.encode('x', { ...options, onProgress })).rejects.toThrow(message);
      await expect(model.encode('x', { ...options, onProgress })).rejects.toBeInstanceOf(RangeError);
    };
    for (const truncateDim of [0, 1.5, 385]) await refused({ truncateDim }, 'from 1 to 384');
    for (const batchSize of [0, -1, 1.5]) await refused({ batchSize }, 'batchSize');
    await refused({ precision: 'int4' }, 'precision is int4 instead of float32, int8');
    await refused({ precision: 'int8' }, 'a single embedding');
    await refused({ precision: 'int8', ranges: [[0], [1]] }, '384 dimensions');
    await refused({ promptName: 'corpus' }, 'no prompt named "corpus"; it has');
    await refused({ promptName: 'toString' }, 'no prompt named "toString"');
    const notTexts: string[] = JSON.parse('["a", {}]');
    await expect(model.encode(notTexts)).rejects.toThrow('text 1 is of type object and not a string');
    // @ts-expect-error -- the result is always a matrix of sentence embeddings: there is no such option
    await model.encode([], { outputValue: 'token_embeddings' });
    await expect(model.encode(JSON.parse('7'))).rejects.toThrow(TypeError);
    await expect(model.tokenize(JSON.parse('{}'))).rejects.toThrow('neither a string nor an array');
  });

  it('hands over progress and stops when aborted', async () => {
    const done: number[] = [];
    await model.encode(TEXTS, { onProgress: ({ textsDone }) => done.push(textsDone) });
    expect(done).toEqual([1, 2, 3]);
    await expect(model.encode(TEXTS, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('prompts', () => {
  it('are those of the model, by name or as they are written', async () => {
    const [query, passage] = await model.encode(['query: open a file', 'passage: open a file']);
    expect((await model.encodeQuery('open a file')).row(0)).toEqual(query);
    expect((await model.encodeDocument('open a file')).row(0)).toEqual(passage);
    expect((await model.encode('open a file', { promptName: 'query' })).row(0)).toEqual(query);
    expect((await model.encodeQuery('open a file', { promptName: 'document' })).row(0)).toEqual(passage);
    expect((await model.encode('open a file', { prompt: 'passage: ', promptName: 'query' })).row(0)).toEqual(passage);
    expect((await model.encodeQuery('query: open a file', { prompt: '' })).row(0)).toEqual(query);
    // Callers without types write null for "not given", as Python does.
    expect((await model.encodeQuery('open a file', JSON.parse('{"prompt": null}'))).row(0)).toEqual(query);
  });

  it('include a default one where the model has it', async () => {
    await using temporary = await temporaryFolder();
    const usage = { prompts: { query: 'q: ', topic: 'topic: ' }, default_prompt_name: 'topic' };
    const folder = await folderWith(temporary.path, usage);
    await using other = await QuantizedModelLoader.load(folder, { cacheDir: cache.path, strict: true, workers: 1 });
    const [topic, query, plain] = await other.encode(['topic: x', 'q: x', 'x'], { prompt: '' });
    expect((await other.encode('x')).row(0)).toEqual(topic);
    expect((await other.encodeQuery('x')).row(0)).toEqual(query);
    // The model has no prompt for documents: the default one is not for them.
    expect((await other.encodeDocument('x')).row(0)).toEqual(plain);
    expect(other.prompts).toEqual({ query: 'q: ', topic: 'topic: ', document: '' });
  });
});

describe('maxSeqLength', () => {
  it('can be set as far as the network has positions', async () => {
    const options = { cacheDir: cache.path, strict: true, workers: 1, maxSeqLength: 16 };
    await using other = await QuantizedModelLoader.load(EMBEDDED_FOLDER, options);
    expect([other.maxSeqLength, other.getMaxSeqLength()]).toEqual([16, 16]);
    const text = 'the '.repeat(30);
    expect((await other.encode(text)).windows[0]).toBe(3);
    const cut = await other.encode(text, { longTexts: 'truncate' });
    expect([cut.windows[0], cut.truncated[0], cut.tokenCounts[0]]).toEqual([1, 1, 32]);
    expect((await other.tokenize(text))[0]).toMatchObject({
      truncated: true,
      attentionMask: new Uint8Array(16).fill(1),
    });
    other.maxSeqLength = 512;
    expect((await other.encode(text)).windows[0]).toBe(1);
    expect(() => (other.maxSeqLength = 513)).toThrow(
      'maxSeqLength is 513, and the network of codegraphai/multilingual-e5-small-int8 takes from 3 to 512 tokens',
    );
    expect(other.maxSeqLength).toBe(512);
    const tooLong = QuantizedModelLoader.load(EMBEDDED_FOLDER, { ...options, maxSeqLength: 9_999 });
    await expect(tooLong).rejects.toThrow('maxSeqLength is 9999');
  });
});

describe('similarity', () => {
  it('is the cosine unless the model says otherwise', async () => {
    expect(model.similarityFunction).toBe('cosine');
    const [queries, documents] = [await model.encodeQuery(['open a file']), await model.encodeDocument(TEXTS)];
    const table = model.similarity(queries, documents);
    expect([table.rows, table.columns]).toEqual([1, 3]);
    expect(table.at(0, 0)).toBeGreaterThan(table.at(0, 1));
    expect(model.similarityPairwise(documents, documents)[2]).toBeCloseTo(1, 5);
    await using temporary = await temporaryFolder();
    const folder = await folderWith(temporary.path, { similarity_fn_name: 'euclidean' });
    await using other = await QuantizedModelLoader.load(folder, { cacheDir: cache.path, strict: true, workers: 1 });
    expect(other.similarity(documents, documents).at(0, 1)).toBeLessThan(0);
  });
});

describe('device', () => {
  it('is refused where the runtime has not got it', async () => {
    const loading = QuantizedModelLoader.load(EMBEDDED_FOLDER, {
      cacheDir: cache.path,
      strict: true,
      device: 'abacus',
    });
    await expect(loading).rejects.toMatchObject({ code: 'MODEL_DEVICE_UNAVAILABLE' });
  });
});
