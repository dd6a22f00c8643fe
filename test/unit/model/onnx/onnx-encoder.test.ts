import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodeProgress } from '../../../../src/model/encoder.ts';
import { openEncoder } from '../../../../src/model/open-encoder.ts';
import type { OnnxEncoder } from '../../../../src/model/onnx/onnx-encoder.ts';
import { EMBEDDED_MODEL } from '../../../../src/model/resolve-model.ts';
import { temporaryFolder } from '../model-folder.ts';

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
  it('gives a text the same vector alone, together, in any order and with 1, 2 or 3 workers', async () => {
    // Enough text for three workers: 8 kB each.
    const texts = Array.from({ length: 42 }, (_, index) =>
      `${index} ${TEXTS[index % TEXTS.length]!} `.repeat(1 + (index % 30)),
    );
    expect(Buffer.byteLength(texts.join(''))).toBeGreaterThan(2 * 8192);
    const together = await encoder.encode(texts);
    for (const row of [0, 7, 29, 41]) expect((await encoder.encode([texts[row]!])).row(0)).toEqual(together.row(row));
    for (const workers of [2, 3]) {
      await using other = await open(workers);
      const turned = await other.encode(texts.toReversed());
      expect([...turned].toReversed()).toEqual([...together]);
    }
  });

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
