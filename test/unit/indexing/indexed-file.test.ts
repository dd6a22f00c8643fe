import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { indexedFileOf } from '../../../src/indexing/indexed-file.ts';
import { siblingModule } from '../../../src/kernel/sibling-module.ts';
import { ParsePool } from '../../../src/parsing/parse-pool.ts';

const MODULE = fileURLToPath(new URL('../../../src/chunking/chunk-file.ts', import.meta.url));
const WORKER = siblingModule(import.meta.resolve('../../../src/indexing/indexed-file.ts'), './index-worker');

describe('indexedFileOf', () => {
  it('says the same of a file that was chunked in a worker and of one that was not', async () => {
    const text = readFileSync(MODULE, 'utf8');
    const stamp = { path: 'a.ts', language: 'typescript', contentHash: '', sizeBytes: text.length, mtimeMs: 0 };
    await using threads = await ParsePool.open({ workers: 1, workerModule: WORKER });
    await using inProcess = await ParsePool.open({ workers: 0 });
    const [chunked, parsed] = await Promise.all(
      [threads, inProcess].map((pool) => pool.parse(stamp.path, stamp.language, text)),
    );
    if (chunked === undefined || parsed === undefined) throw new TypeError('two files were parsed');
    expect(chunked.attachment).toBeInstanceOf(Uint8Array);
    const read = { text, diagnostics: [{ severity: 'info', code: 'FILE_NOT_UTF8', message: 'read' }] } as const;
    const file = indexedFileOf(stamp, chunked, { ...read, text: 'not asked' });
    expect(file).toEqual(indexedFileOf(stamp, parsed, read));
    expect(file.chunks.length).toBeGreaterThan(10);
    expect(file.symbols.some(({ documentation }) => documentation !== '')).toBe(true);
    expect(file.diagnostics).toEqual(read.diagnostics);
  });

  it('chunks a file here that its worker did not come back from', async () => {
    await using pool = await ParsePool.open({
      workers: 1,
      workerModule: new URL('../../fixtures/parsing/failing-worker.ts', import.meta.url),
    });
    const parsed = await pool.parse('a.go', 'go', 'throw');
    const stamp = { path: 'a.go', language: 'go', contentHash: '', sizeBytes: 5, mtimeMs: 0 };
    const file = indexedFileOf(stamp, parsed, { text: 'throw', diagnostics: [] });
    expect(file.chunks).toMatchObject([{ definition: -1, startLine: 1, endLine: 1 }]);
    expect(file.diagnostics).toMatchObject([{ code: 'PARSE_CRASHED' }]);
  });
});
