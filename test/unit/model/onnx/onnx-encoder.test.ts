import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodeProgress } from '../../../../src/model/encoder.ts';
import { openEncoder } from '../../../../src/model/open-encoder.ts';
import type { OnnxEncoder } from '../../../../src/model/onnx/onnx-encoder.ts';
import { EMBEDDED_MODEL } from '../../../../src/model/resolve-model.ts';
import { modelFolder, temporaryFolder } from '../model-folder.ts';

const TEXTS = [
  'SELECT name FROM customers WHERE id = 7',
  'x',
  'where is the connection pool opened?',
  'function add(left: number, right: number): number {\n  return left + right;\n}',
  'O relatório mensal de vendas precisa ser enviado até sexta-feira.',
  '',
  '连接池在哪里打开',
];

let cache: Awaited<ReturnType<typeof temporaryFolder>>;
let encoder: OnnxEncoder;

async function open(workers: number): Promise<OnnxEncoder> {
  return (await openEncoder(EMBEDDED_MODEL, { cacheDir: cache.path, strict: true, workers })).encoder;
}

beforeAll(async () => {
  cache = await temporaryFolder();
  encoder = await open(1);
});
afterAll(async () => {
  await encoder.close();
  await cache[Symbol.asyncDispose]();
});

describe('OnnxEncoder', () => {
  it('normalizes rows and counts tokens', async () => {
    const matrix = await encoder.encode(TEXTS);
    expect(matrix.rows).toBe(TEXTS.length);
    expect(matrix.dimensions).toBe(384);
    for (const row of matrix) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    expect(matrix.tokenCounts[TEXTS.indexOf('')]).toBe(2);
    expect(Array.from(matrix.truncated)).toEqual(TEXTS.map(() => 0));
  });

  it('cuts texts at the limit where asked to, and says so', async () => {
    const long = 'the connection pool '.repeat(400);
    const matrix = await encoder.encode([long, `${long} and more`, 'short'], { longTexts: 'truncate' });
    expect(Array.from(matrix.truncated)).toEqual([1, 1, 0]);
    expect(Array.from(matrix.windows)).toEqual([1, 1, 1]);
    expect(matrix.tokenCounts[0]).toBeGreaterThan(1000);
    expect(matrix.row(0)).toEqual(matrix.row(1));
  });

  it('refuses to cut texts for a tokenizer that leaves out their beginning, and encodes them in windows', async () => {
    await using folder = await temporaryFolder();
    const settings = { 'tokenizer_config.json': '{"truncation_side": "left"}' };
    const model = await modelFolder(join(folder.path, 'left'), settings);
    const opened = await openEncoder(model, { cacheDir: cache.path, strict: true, workers: 1 });
    await using left = opened.encoder;
    await expect(left.encode(['x'], { longTexts: 'truncate' })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      hint: expect.stringContaining('windows'),
    });
    const texts = ['the connection pool '.repeat(20)];
    const options = { maxTokens: 20 };
    expect([...(await left.encode(texts, options))]).toEqual([...(await encoder.encode(texts, options))]);
  });

  it('refuses options of no known kind, as callers without types may give them', async () => {
    await expect(encoder.encode(['x'], Object({ longTexts: 'cut' }))).rejects.toThrow(
      new RangeError('longTexts is cut instead of window or truncate'),
    );
    await expect(encoder.encode(['x'], Object({ prompt: 3 }))).rejects.toThrow(
      new TypeError('prompt is of type number and not a string'),
    );
  });

  it('encodes longer texts in windows, the same with any number of workers, and says so', async () => {
    const long = Array.from({ length: 90 }, (_, index) => `the connection pool ${index} holds`).join(' ');
    const texts = ['short', long, '', `${long} and more`];
    const options = { maxTokens: 128 };
    const matrix = await encoder.encode(texts, options);
    const [, windows = 0] = matrix.windows;
    expect(Array.from(matrix.windows)).toEqual([1, windows, 1, windows]);
    expect(windows).toBeGreaterThan(3);
    expect(Array.from(matrix.truncated)).toEqual([0, 0, 0, 0]);
    expect(matrix.tokenCounts[1]).toBeGreaterThan(128 * (windows - 1) - 2 * windows);
    for (const row of matrix) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    expect(matrix.row(1)).not.toEqual(matrix.row(3));
    const whole = await encoder.encode([long], { maxTokens: 512, longTexts: 'truncate' });
    expect(dot(matrix.row(1), whole.row(0))).toBeGreaterThan(0.9);
    expect((await encoder.encode([long], options)).row(0)).toEqual(matrix.row(1));
    for (const workers of [2, 3]) {
      await using other = await open(workers);
      expect([...(await other.encode(texts.toReversed(), options))].toReversed()).toEqual([...matrix]);
    }
  });

  it('averages the vectors of the windows by their tokens', async () => {
    // Words of one token each, so that the windows are known: nine of ten tokens, and one of three.
    const words = Array.from({ length: 11 }, () => 'the').join(' ');
    const [first, second] = [words.slice(0, 8 * 4 - 1), words.slice(8 * 4)];
    const options = { maxTokens: 10 };
    const { windows, tokenCounts } = await encoder.encode([words], options);
    expect([windows[0], tokenCounts[0]]).toEqual([2, 13]);
    const [left, right] = await encoder.encode([first, second], options);
    const average = left!.map((value, index) => (8 * value + 3 * right![index]!) / 11);
    const norm = Math.hypot(...average);
    const [row] = await encoder.encode([words], options);
    for (const [index, value] of average.entries()) expect(row![index]).toBeCloseTo(value / norm, 6);
  });

  it('takes a prompt for the beginning of a long text', async () => {
    const words = Array.from({ length: 40 }, () => 'the').join(' ');
    const [row] = await encoder.encode([`query: ${words}`], { maxTokens: 24 });
    expect([...(await encoder.encode([words], { maxTokens: 24, prompt: 'query: ' }))]).toEqual([row]);
    expect([...(await encoder.encodeQuery([words], { maxTokens: 24 }))]).toEqual([row]);
  });

  it('reports every window, stops between them, and closes without waiting for the rest', async () => {
    const long = 'the connection pool '.repeat(3_000);
    const tokens: number[] = [];
    const bytes: number[] = [];
    const controller = new AbortController();
    const encoding = encoder.encode([long], {
      maxTokens: 32,
      signal: controller.signal,
      onProgress: ({ textsDone, tokensDone, bytesDone }) => {
        expect(textsDone).toBe(0);
        tokens.push(tokensDone);
        bytes.push(bytesDone);
        if (tokens.length === 3) controller.abort();
      },
    });
    await expect(encoding).rejects.toMatchObject({ name: 'AbortError' });
    expect(tokens).toHaveLength(3);
    for (const counter of [tokens, bytes]) expect(counter).toEqual(counter.toSorted((a, b) => a - b));
    expect(bytes[2]).toBeLessThan(long.length / 20);
    const closing = await open(1);
    const begun = closing.encode([long], { maxTokens: 32, onProgress: () => void closing.close() });
    await expect(begun).rejects.toMatchObject({ code: 'ENCODER_CLOSED' });
    await closing.close();
  });

  it('refuses what is no text, and limits the network does not have', async () => {
    // As callers without types do.
    const texts: string[] = JSON.parse('["a", 7, null]');
    await expect(encoder.encode(texts)).rejects.toThrow(new TypeError('text 1 is of type number and not a string'));
    await expect(encoder.tokenize(texts.toReversed())).rejects.toThrow('text 0 is null');
    for (const maxTokens of [2, 513, 1.5, NaN]) {
      await expect(encoder.encode(['a'], { maxTokens })).rejects.toThrow('takes from 3 to 512 tokens');
    }
  });

  it('tokenizes', async () => {
    const [hello, cut] = await encoder.tokenize(['hello world', 'the '.repeat(100)], { maxTokens: 5 });
    expect(hello?.tokens).toEqual(['<s>', '▁hell', 'o', '▁world', '</s>']);
    expect(hello?.ids).toHaveLength(5);
    expect([hello?.truncated, cut?.truncated, cut?.ids.length]).toEqual([false, true, 5]);
  });

  it('adds the prompts of the model', async () => {
    expect([...(await encoder.encodeQuery(['open a file']))]).toEqual([
      ...(await encoder.encode(['query: open a file'])),
    ]);
    expect([...(await encoder.encodeDocument(['open a file']))]).toEqual([
      ...(await encoder.encode(['passage: open a file'])),
    ]);
  });

  it('encodes nothing', async () => {
    expect((await encoder.encode([])).rows).toBe(0);
  });

  it('reports progress that only grows', async () => {
    const events: EncodeProgress[] = [];
    const matrix = await encoder.encode(TEXTS, { onProgress: (event) => events.push(event) });
    expect(events.map(({ textsDone }) => textsDone)).toEqual(TEXTS.map((_, index) => index + 1));
    expect(events.at(-1)).toEqual({
      textsDone: TEXTS.length,
      textsTotal: TEXTS.length,
      tokensDone: matrix.tokenCounts.reduce((sum, count) => sum + count, 0),
      bytesDone: Buffer.byteLength(TEXTS.join('')),
      bytesTotal: Buffer.byteLength(TEXTS.join('')),
    });
  });

  it('stops when aborted and can be used again', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const texts = Array.from({ length: 50 }, (_, index) => `text number ${index} `.repeat(20));
    let texted = 0;
    const encoding = encoder.encode(texts, {
      signal: controller.signal,
      onProgress: ({ textsDone }) => {
        texted = textsDone;
        if (textsDone === 2) controller.abort(reason);
      },
    });
    await expect(encoding).rejects.toBe(reason);
    await expect(encoder.encode(['x'], { signal: controller.signal })).rejects.toBe(reason);
    expect((await encoder.encode(['x'])).rows).toBe(1);
    expect(texted).toBe(2);
  });

  it('serves several calls at once', async () => {
    const [left, right] = await Promise.all([encoder.encode(TEXTS), encoder.encode(TEXTS.toReversed())]);
    expect([...right].toReversed()).toEqual([...left]);
  });

  it('refuses work after close, also work it had begun', async () => {
    const closing = await open(2);
    const begun = closing.encode(Array.from({ length: 40 }, (_, index) => `text ${index} `.repeat(40)));
    const [result] = await Promise.allSettled([begun, closing.close()]);
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ENCODER_CLOSED' } });
    await expect(closing.encode(['x'])).rejects.toMatchObject({ code: 'ENCODER_CLOSED' });
    await closing.close();
  });

  it('ends every close only when the workers have ended', async () => {
    const closing = await open(1);
    const begun = closing.encode(['text '.repeat(400)]);
    let first = false;
    void closing.close().then(() => {
      first = true;
    });
    await Promise.allSettled([begun, closing.close()]);
    expect(first).toBe(true);
  });

  it('hands on what a progress callback throws and can be used again', async () => {
    const mine = new Error('mine');
    const onProgress = (): never => {
      throw mine;
    };
    await expect(encoder.encode(TEXTS, { onProgress })).rejects.toBe(mine);
    expect((await encoder.encode(TEXTS)).rows).toBe(TEXTS.length);
  });

  it('takes lone surrogates for U+FFFD and cuts a text of 5 MB', async () => {
    const texts = ['\ud800 x \udc00', '\ufffd x \ufffd', 'a'.repeat(5_000_000)];
    const matrix = await encoder.encode(texts, { longTexts: 'truncate' });
    expect(matrix.row(0)).toEqual(matrix.row(1));
    expect(matrix.truncated[2]).toBe(1);
  });

  it('refuses an impossible number of workers', async () => {
    await expect(open(0)).rejects.toThrow(RangeError);
  });

  it('does not keep a process alive that forgets to close it', async () => {
    const module = fileURLToPath(new URL('../../../../src/model/open-encoder.ts', import.meta.url));
    const script = `
      const { openEncoder } = await import(${JSON.stringify(module)});
      const { encoder } = await openEncoder(${JSON.stringify(EMBEDDED_MODEL)}, { cacheDir: ${JSON.stringify(cache.path)} });
      console.log((await encoder.encode(['a', 'b', 'c'])).rows);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout.trim()).toBe('3');
  });

  it('runs on WebAssembly as well, close to the native runtime', async () => {
    const options = { cacheDir: cache.path, strict: true, workers: 1, runtime: 'onnxruntime-web' } as const;
    const opened = await openEncoder(EMBEDDED_MODEL, options);
    await using web = opened.encoder;
    expect(web.runtime).toEqual({ runtime: 'onnxruntime-web', reason: 'it was asked for' });
    const [webRow, row] = [(await web.encode([TEXTS[0]!])).row(0), (await encoder.encode([TEXTS[0]!])).row(0)];
    expect(webRow.reduce((sum, value, index) => sum + value * row[index]!, 0)).toBeGreaterThan(0.99);
  });
});

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0);
}
