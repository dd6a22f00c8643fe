import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FastIndexer, type RunIndexOptions } from '../../../src/indexing/fast-indexer.ts';
import { INDEX_META, VOLATILE_INDEX_META } from '../../../src/indexing/index-meta.ts';
import type { IndexReport } from '../../../src/indexing/index-report.ts';
import { hashIndex } from '../../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { MODEL_META } from '../../../src/store/model-record.ts';
import { temporaryFolder, type TemporaryFolder } from '../../helpers/temporary-folder.ts';
import { FakeEncoder } from './fake-encoder.ts';

const FILES: Readonly<Record<string, string>> = {
  'src/pool.ts': `export class Pool {\n  acquire(): string {\n    return open();\n  }\n}\nfunction open(): string {\n  return 'x';\n}\n`,
  'src/order.ts': `import { Pool } from './pool.ts';\nexport function cancel(pool: Pool): string {\n  return pool.acquire();\n}\n`,
  'app/mail.py': `def send():\n    return deliver()\n\n\ndef deliver():\n    return 1\n`,
  'tools/main.go': `package main\n\nfunc main() {\n\tretry()\n}\n\nfunc retry() {}\n`,
};

/** Runs an indexer that parses in this thread and has no model behind it. */
async function index(
  root: string,
  store: EmbeddedStore,
  options: RunIndexOptions & { readonly encoder?: FakeEncoder } = {},
): Promise<IndexReport> {
  const { encoder = new FakeEncoder(), ...run } = options;
  const indexer = new FastIndexer({
    knowledgeGraph: { root, store },
    modelOpener: encoder.opener(),
    workers: 0,
  });
  try {
    return await indexer.index(run);
  } finally {
    expect(encoder.closed || run.embed === false || encoder.calls.length === 0).toBe(true);
  }
}

const contentOf = (store: EmbeddedStore): Promise<string> => hashIndex(store, { volatileMeta: VOLATILE_INDEX_META });

/** What an index of the folder is when it is made in one go. */
async function freshContentOf(root: string): Promise<string> {
  await using store = await EmbeddedStore.open(':memory:');
  await index(root, store);
  return await contentOf(store);
}

describe('FastIndexer', () => {
  it('reports what it did, and does nothing twice', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const first = await index(folder.path, store);
    expect(first).toMatchObject({
      files: { seen: 4, parsed: 4, unchanged: 0, removed: 0, skipped: 0, failed: 0, skippedByReason: {} },
      symbols: expect.any(Number),
      reused: 0,
      model: { id: 'test/a', fingerprint: 'a' },
      diagnostics: [],
    });
    expect(first.embedded).toBe(first.chunks);
    const second = await index(folder.path, store);
    expect(second).toMatchObject({ files: { parsed: 0, unchanged: 4 }, embedded: 0, reused: first.chunks });
    expect(second).toMatchObject({ symbols: first.symbols, edges: first.edges, chunks: first.chunks });
  });

  it('tidies what small changes leave behind once there were enough of them', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `src/file${at}.ts`);
    using folder = temporaryFolder(Object.fromEntries(names.map((path) => [path, 'export function before() {}\n'])));
    await using store = await EmbeddedStore.open(':memory:');
    const orphans = async (): Promise<number> => {
      let count = 0;
      await store.readGraph({
        addNode: (_key, { id, symbol }) => void (count += symbol === null && id.includes('#') ? 1 : 0),
        addEdge: () => undefined,
        addUnresolvedName: () => undefined,
        addForeignBase: () => undefined,
      });
      return count;
    };
    await index(folder.path, store, { embed: false });
    const seen: number[] = [];
    for (let run = 1; run <= 6; run++) {
      folder.write('src/file0.ts', `export function after${run}() {}\n`);
      await index(folder.path, store, { embed: false });
      seen.push(await orphans());
    }
    // More than 5 % of 40 files: every third.
    expect(seen).toEqual([1, 2, 0, 1, 2, 0]);
  });

  it('reads a file that was touched once more, and then no more', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const settle = (time: number): void => {
      for (const path of Object.keys(FILES)) utimesSync(join(folder.path, path), time, time);
    };
    const read = async (): Promise<number> => {
      let files = 0;
      const report = await index(folder.path, store, {
        onProgress: (progress) => {
          if (progress.stage === 'parse') files = progress.filesTotal;
        },
      });
      expect(report.files).toMatchObject({ parsed: 0, unchanged: 4 });
      return files;
    };
    settle(1_000_000_000);
    await index(folder.path, store);
    expect(await read()).toBe(0);
    settle(1_000_000_001);
    expect([await read(), await read()]).toEqual([4, 0]);
  });

  it('parses all again when asked to, to the same end', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    await index(folder.path, store);
    const before = await contentOf(store);
    const encoder = new FakeEncoder();
    expect(await index(folder.path, store, { full: true, encoder })).toMatchObject({
      files: { parsed: 4, unchanged: 0 },
      embedded: 0,
    });
    expect(await contentOf(store)).toBe(before);
    expect(encoder.calls).toEqual([]);
  });

  it('parses all again when facts have another version', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    await index(folder.path, store);
    await store.setMeta({ [INDEX_META.factsVersion]: '0' });
    expect(await index(folder.path, store)).toMatchObject({ files: { parsed: 4 } });
    expect(await store.getMeta(INDEX_META.factsVersion)).not.toBe('0');
  });

  it('opens no model without embeddings, and catches up later', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const without = await index(folder.path, store, { embed: false });
    expect(without).toMatchObject({ embedded: 0, reused: 0, model: null });
    await index(folder.path, store);
    expect(await contentOf(store)).toBe(await freshContentOf(folder.path));
  });

  it('forgets the vectors of another model before it makes its own', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const { chunks } = await index(folder.path, store, { encoder: new FakeEncoder('a') });
    const failing = new FakeEncoder('b', () => {
      throw new Error('the machine went out');
    });
    await expect(index(folder.path, store, { encoder: failing })).rejects.toThrow('the machine went out');
    expect(failing.closed).toBe(true);
    expect(await store.counts()).toMatchObject({ embedded: 0 });
    expect(await store.getMeta(MODEL_META.fingerprint)).toBe('b');
    const report = await index(folder.path, store, { encoder: new FakeEncoder('b') });
    expect(report).toMatchObject({ embedded: chunks, reused: 0, model: { fingerprint: 'b' } });
  });

  it('resolves again when a manifest changes, although no source does', async () => {
    using folder = temporaryFolder({
      'tsconfig.json': '{}',
      'src/a.ts': 'export function a() {}\n',
      'src/b.ts': "import { a } from '@lib/a';\nexport function b() { a(); }\n",
    });
    await using store = await EmbeddedStore.open(':memory:');
    const before = await index(folder.path, store);
    folder.write('tsconfig.json', '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["src/*"] } } }');
    expect(await index(folder.path, store)).toMatchObject({ files: { parsed: 0 } });
    expect(await contentOf(store)).toBe(await freshContentOf(folder.path));
    expect((await store.counts()).edges).toBeGreaterThan(before.edges);
  });

  it('counts progress up, stage after stage', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const stages: string[] = [];
    const files: number[] = [];
    await index(folder.path, store, {
      onProgress: (progress) => {
        if (stages.at(-1) !== progress.stage) stages.push(progress.stage);
        if (progress.stage === 'parse') files.push(progress.filesDone);
      },
    });
    expect(stages).toEqual(['discover', 'parse', 'resolve', 'model', 'embed']);
    expect(files).toEqual([1, 2, 3, 4]);
  });

  it('says that a file went while it ran, by leaving it out', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    await index(folder.path, store);
    const report = await index(folder.path, store, {
      full: true,
      onProgress: ({ stage }) => {
        if (stage === 'discover') rmSync(join(folder.path, 'app'), { recursive: true, force: true });
      },
    });
    expect(report).toMatchObject({ files: { removed: 1, failed: 0 }, diagnostics: [] });
    expect(await contentOf(store)).toBe(await freshContentOf(folder.path));
  });
});

describe('an aborted run', () => {
  it('is taken up by the next, from wherever it stopped, and equals an undisturbed one', async () => {
    using folder = temporaryFolder(FILES);
    const expected = await freshContentOf(folder.path);
    for (let moment = 1; ; moment++) {
      await using store = await EmbeddedStore.open(':memory:');
      const abort = new AbortController();
      let events = 0;
      const onProgress = (): void => {
        if (++events === moment) abort.abort(new DOMException('interrupted', 'AbortError'));
      };
      const ended = await index(folder.path, store, { signal: abort.signal, onProgress }).then(
        () => 'done',
        (thrown: unknown) => (thrown instanceof Error ? thrown.name : 'unknown'),
      );
      // An abort that comes with the very last event may find the work done.
      expect(['done', 'AbortError']).toContain(ended);
      await index(folder.path, store);
      expect(await contentOf(store), `aborted at event ${moment}`).toBe(expected);
      if (!abort.signal.aborted) {
        expect(moment).toBeGreaterThan(10);
        return;
      }
    }
  });
});

/** Contents that define and use each other's names, some of equal size, some that are left out. */
const CONTENTS: Readonly<Record<string, readonly string[]>> = {
  'a.ts': [
    'export function a() {}\n',
    'export function b() {}\n',
    "import { c } from './lib/c.ts';\nexport const a = () => c();\n",
  ],
  'lib/c.ts': [
    "import { a } from '../a.ts';\nexport function c() { a(); }\n",
    'export function c() {}\nexport class D {}\n',
    '',
  ],
  'lib/d.py': ['def d():\n    return e()\n', 'from e import e\n\ndef d():\n    return e()\n', '\0binary'],
  'e.py': ['def e():\n    pass\n', 'def f():\n    pass\n', '# @generated\ndef e():\n    pass\n'],
  lib: ['a file where a folder was\n'],
  'twin.ts': ['export function a() {}\n', 'export function c() {}\nexport class D {}\n'],
  'package.json': ['{ "name": "x" }', '{'],
};

type Edit = { readonly path: string; readonly content: string | null; readonly touch: boolean };

const edit: fc.Arbitrary<Edit> = fc.constantFrom(...Object.entries(CONTENTS)).chain(([path, contents]) =>
  fc.record({
    path: fc.constant(path),
    content: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...contents) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    touch: fc.boolean(),
  }),
);

/** Carries an edit out. Times lie far in the past, so that stamps are trusted, and move with every change of content. */
function carryOut(folder: TemporaryFolder, { path, content, touch }: Edit, time: number): void {
  const full = join(folder.path, path);
  const isFolder = statSync(full, { throwIfNoEntry: false })?.isDirectory() === true;
  const parent = dirname(full);
  if (parent !== folder.path && statSync(parent, { throwIfNoEntry: false })?.isFile() === true) rmSync(parent);
  if (content === null || isFolder) rmSync(full, { recursive: true, force: true });
  if (content !== null) {
    mkdirSync(parent, { recursive: true });
    writeFileSync(full, content);
    utimesSync(full, time, time);
  }
  const other = join(folder.path, 'a.ts');
  if (touch && statSync(other, { throwIfNoEntry: false }) !== undefined) utimesSync(other, time, time);
}

describe('an incremental index', () => {
  it('equals a full one after any edits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
        async (rounds) => {
          using folder = temporaryFolder();
          await using store = await EmbeddedStore.open(':memory:');
          let time = 1_000_000_000;
          for (const edits of rounds) {
            for (const change of edits) carryOut(folder, change, time++);
            await index(folder.path, store);
            expect(await contentOf(store)).toBe(await freshContentOf(folder.path));
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
