import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { FastIndexer } from '../../src/indexing/fast-indexer.ts';
import { VOLATILE_INDEX_META } from '../../src/indexing/index-meta.ts';
import { dumpIndex } from '../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { Random } from '../fuzz/random.ts';
import { EditedRepository } from './edit-scripts.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Files of a package under `test/fixtures/incremental`. */
export function readPackage(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8'));
  }
  return files;
}

/** Brings the index of a folder up to date without a model, parsing in this thread. */
export async function indexGraph(root: string, store: EmbeddedStore): Promise<void> {
  await new FastIndexer({ knowledgeGraph: { root, store }, workers: 0 }).index({ embed: false });
}

/** Everything an index says. */
export async function contentOf(store: EmbeddedStore): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of dumpIndex(store, { volatileMeta: VOLATILE_INDEX_META })) lines.push(line);
  for (const { path, dependencies } of await store.edgeSets()) {
    lines.push(JSON.stringify(['dependencies', path, Buffer.from(dependencies).toString('base64')]));
  }
  return lines;
}

/** What a fresh index of a folder says. */
export async function freshContentOf(root: string): Promise<string[]> {
  await using store = await EmbeddedStore.open(':memory:');
  await indexGraph(root, store);
  return await contentOf(store);
}

/** The first lines that only one of both has. */
export function firstDifferences(actual: readonly string[], expected: readonly string[], limit = 5): string[] {
  const [has, should] = [new Set(actual), new Set(expected)];
  return [
    ...actual
      .filter((line) => !should.has(line))
      .slice(0, limit)
      .map((line) => `- only incremental: ${line.slice(0, 400)}`),
    ...expected
      .filter((line) => !has.has(line))
      .slice(0, limit)
      .map((line) => `+ only full: ${line.slice(0, 400)}`),
  ];
}

export interface EditScriptOptions {
  readonly files: ReadonlyMap<string, string>;
  readonly name: string;
  readonly seed: number;
  readonly script: number;
  /** Edits in it, spread over several runs. */
  readonly edits: number;
}

/**
 * Runs one random script of edits: index, edit, index again …, and compares after every run with a fresh index.
 *
 * @returns Why they differ, or null.
 */
export async function runEditScript({ files, name, seed, script, edits }: EditScriptOptions): Promise<string | null> {
  const random = Random.ofCase(seed, name, script);
  using folder = temporaryFolder();
  using index = temporaryFolder();
  const repository = new EditedRepository(folder, files, random);
  let store = await EmbeddedStore.open(join(index.path, 'index.db'));
  try {
    await indexGraph(folder.path, store);
    const done: string[] = [];
    while (done.length < edits) {
      const count = 1 + random.below(3);
      for (let edit = 0; edit < count; edit++) done.push(repository.edit());
      if (random.chance(0.3)) {
        // As another process: nothing is in memory any more.
        await store.close();
        store = await EmbeddedStore.open(join(index.path, 'index.db'));
      }
      await indexGraph(folder.path, store);
      const differences = firstDifferences(await contentOf(store), await freshContentOf(folder.path));
      if (differences.length > 0) {
        return [`${name}, seed ${seed}, script ${script}:`, ...done.map((edit) => `  ${edit}`), ...differences].join(
          '\n',
        );
      }
    }
    return null;
  } finally {
    await store.close();
  }
}
