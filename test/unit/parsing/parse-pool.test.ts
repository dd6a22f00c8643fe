import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ParsePool, type ParsedSource } from '../../../src/parsing/parse-pool.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const SOURCES = Array.from(
  { length: 20 },
  (_, index) => `/** Does ${index}. */\nexport function f${index}() { g${index}(); }`,
);
const failingWorker = new URL('../../fixtures/parsing/failing-worker.ts', import.meta.url);

const parseAll = (pool: ParsePool): Promise<ParsedSource[]> =>
  Promise.all(SOURCES.map((text, index) => pool.parse(`${index}.ts`, 'typescript', text)));

describe('ParsePool', () => {
  it('gives in threads what it gives without', async () => {
    await using threads = await ParsePool.open({ workers: 2 });
    await using inProcess = await ParsePool.open({ workers: 0 });
    const files = await parseAll(threads);
    expect(files).toEqual(await parseAll(inProcess));
    expect(files[7]?.file).toMatchObject({
      path: '7.ts',
      definitions: [{ name: 'f7', documentation: 'Does 7.' }],
      references: [{ name: 'g7' }],
    });
  });

  it('rejects what is wrong with the language, not the file', async () => {
    await using pool = await ParsePool.open({ workers: 1 });
    await expect(pool.parse('a', 'cobol', '')).rejects.toMatchObject({ code: 'PARSING_LANGUAGE_UNKNOWN' });
    expect((await pool.parse('a.go', 'go', 'package a')).file.packageName).toBe('a');
  });

  it.each(['throw', 'exit'])('replaces a worker that crashes (%s)', async (text) => {
    await using pool = await ParsePool.open({ workers: 1, workerModule: failingWorker });
    const files = await Promise.all([pool.parse('bad', 'go', text), pool.parse('good', 'go', 'fine')]);
    expect(files[0]?.file).toMatchObject({ path: 'bad', diagnostics: [{ code: 'PARSE_CRASHED', path: 'bad' }] });
    expect(files[1]?.file).toMatchObject({ path: 'good', packageName: 'fine', diagnostics: [] });
  });

  it('replaces a worker that does not come back', async () => {
    await using pool = await ParsePool.open({ workers: 1, workerModule: failingWorker, timeoutMs: 1_000 });
    const files = await Promise.all([pool.parse('bad', 'go', 'hang'), pool.parse('good', 'go', 'fine')]);
    expect(files[0]?.file).toMatchObject({ path: 'bad', diagnostics: [{ code: 'PARSE_TIMEOUT' }] });
    expect(files[1]?.file).toMatchObject({ path: 'good', packageName: 'fine' });
  });

  it('replaces a worker after a text that has made it large, and loses none of the files behind it', async () => {
    await using pool = await ParsePool.open({ workers: 1, workerModule: failingWorker });
    const texts = ['thread', 'thread', `thread${' '.repeat(2 << 20)}`, 'thread', 'thread'];
    const files = await Promise.all(texts.map((text, at) => pool.parse(String(at), 'go', text)));
    const threads = files.map(({ file }) => file.packageName);
    expect(new Set(threads.slice(0, 3)).size).toBe(1);
    expect(new Set(threads.slice(3)).size).toBe(1);
    expect(threads[3]).not.toBe(threads[2]);
    expect(files.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });

  it('rejects what waits when it is closed, and everything after', async () => {
    const pool = await ParsePool.open({ workers: 1, workerModule: failingWorker });
    const waiting = Promise.allSettled([pool.parse('a', 'go', 'hang'), pool.parse('b', 'go', 'fine')]);
    await pool.close();
    await pool.close();
    for (const result of await waiting)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'PARSING_CLOSED' } });
    await expect(pool.parse('c', 'go', '')).rejects.toMatchObject({ code: 'PARSING_CLOSED' });
  });

  it('does not keep the process alive', () => {
    const module = new URL('../../../src/parsing/parse-pool.ts', import.meta.url).href;
    const script = `const { ParsePool } = await import(${JSON.stringify(module)});
      const pool = await ParsePool.open({ workers: 1 });
      console.log((await pool.parse('a.go', 'go', 'package a')).file.packageName);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(output.trim()).toBe('a');
  });

  it('starts in a process that was given flags of V8', () => {
    const pool = new URL('../../../src/parsing/parse-pool.ts', import.meta.url).href;
    using folder = temporaryFolder({
      'main.mjs': `import { ParsePool } from ${JSON.stringify(pool)};
        const pool = await ParsePool.open({ workers: 1 });
        console.log((await pool.parse('a.go', 'go', 'package a')).file.packageName);`,
    });
    const output = execFileSync(process.execPath, ['--max-old-space-size=500', join(folder.path, 'main.mjs')], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(output.trim()).toBe('a');
  });

  it('refuses a number of workers that is none', async () => {
    await expect(ParsePool.open({ workers: -1 })).rejects.toThrow(RangeError);
  });
});
