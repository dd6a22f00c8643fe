import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { contentOf, firstDifferences, freshContentOf, indexGraph } from '../helpers/incremental-check.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The part of the tree that is followed: enough to have imports across folders, small enough to index 60 times. */
const FOLDER = 'src/parsing/tree-sitter';
const COMMITS = 30;

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'ignore'] });

/** The last commits that changed the folder, oldest first; none where this is no clone, or a shallow one. */
function commits(): string[] {
  try {
    return git('log', `--max-count=${COMMITS}`, '--format=%H', '--', FOLDER).trim().split('\n').reverse();
  } catch {
    return [];
  }
}

/** Makes the folder what it is in a commit, touching only what differs. */
function checkOut(folder: TemporaryFolder, commit: string, known: Map<string, string>): void {
  const blobs = new Map<string, string>();
  for (const line of git('ls-tree', '-r', commit, '--', FOLDER).trim().split('\n')) {
    const [, blob, path] = /^\S+ blob (\S+)\t(.*)$/u.exec(line) ?? [];
    if (blob !== undefined && path !== undefined) blobs.set(path, blob);
  }
  for (const path of new Set(known.keys())) {
    if (blobs.has(path)) continue;
    rmSync(join(folder.path, path), { force: true });
    known.delete(path);
  }
  for (const [path, blob] of blobs) {
    if (known.get(path) === blob) continue;
    folder.write(path, git('cat-file', 'blob', blob));
    known.set(path, blob);
  }
}

const HISTORY = commits();

describe('the history of this repository', () => {
  it.skipIf(HISTORY.length < COMMITS)(
    `indexed commit by commit equals a fresh index at each of ${COMMITS} (skipped in a shallow clone)`,
    async () => {
      using folder = temporaryFolder();
      await using store = await EmbeddedStore.open(':memory:');
      const known = new Map<string, string>();
      for (const commit of HISTORY) {
        checkOut(folder, commit, known);
        await indexGraph(folder.path, store);
        const differences = firstDifferences(await contentOf(store), await freshContentOf(folder.path));
        expect(differences, `at commit ${commit}`).toEqual([]);
      }
      expect(known.size).toBeGreaterThan(10);
    },
    240_000,
  );
});
