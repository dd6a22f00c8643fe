import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WordRows, writeWordRows } from '../../../../src/model/onnx/word-rows.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { memoryTensor } from '../synthetic-model.ts';

const ROWS = 10_000;
const WIDTH = 6;
const table = Float32Array.from({ length: ROWS * WIDTH }, (_, index) => Math.sin(index));
const expected = (ids: readonly number[]): Float32Array =>
  Float32Array.from(ids.flatMap((id) => [...table.subarray(id * WIDTH, (id + 1) * WIDTH)]));

describe('WordRows', () => {
  it('gives the rows of tokens, also of those that share a place in memory', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rows');
    await writeWordRows(path, memoryTensor('w', [ROWS, WIDTH], table));
    const rows = WordRows.open(path);
    for (const ids of [[0, 1, ROWS - 1], [1, 4_097, 8_193, 1, 4_097], [5, 5, 5], []]) {
      expect(rows.gather(Int32Array.from(ids))).toEqual(expected(ids));
    }
    rows.close();
  });

  it('refuses tokens without a row, and a file that was cut', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rows');
    const bytes = await writeWordRows(path, memoryTensor('w', [ROWS, WIDTH], table));
    expect(bytes).toBe(8 + ROWS * WIDTH * 4);
    const rows = WordRows.open(path);
    expect(() => rows.gather(Int32Array.of(ROWS))).toThrow(`token ${ROWS} has no row among ${ROWS}`);
    expect(() => rows.gather(Int32Array.of(-1))).toThrow('token -1 has no row');
    truncateSync(path, bytes - 4);
    expect(() => rows.gather(Int32Array.of(ROWS - 1))).toThrow(`row ${ROWS - 1} is cut`);
    expect(rows.gather(Int32Array.of(2))).toEqual(expected([2]));
    rows.close();
  });
});
