import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { hashIndex } from '../../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { atAngle } from './store-fixtures.ts';
import { VERSION_COUNTS, versionEdges, versionFiles, versionVectors } from './store-versions.ts';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const ROUNDS = 6;

const folder = await mkdtemp(join(tmpdir(), 'codegraphai-store-'));
afterAll(() => rm(folder, { recursive: true }));

function startWriter(path: string, versions: number): ChildProcess {
  return spawn(process.execPath, [CHILD, 'write', path, String(versions)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The version that every part of the index is of, or a failure where parts differ. */
async function assertWhole(store: EmbeddedStore): Promise<number> {
  const version = Number(await store.getMeta('version'));
  expect(await store.counts()).toMatchObject(VERSION_COUNTS);
  const symbols = await store.findSymbols({});
  expect(symbols.every((symbol) => symbol.name.startsWith(`v${version}s`))).toBe(true);
  const hits = await store.searchKeywords({ terms: [`version${version}`] }, 1000);
  expect(hits).toHaveLength(VERSION_COUNTS.chunks);
  expect(await store.searchKeywords({ terms: ['common'] }, 1000)).toHaveLength(VERSION_COUNTS.chunks);
  // Edges and vectors come in changes of their own: all of them or none.
  const edges = await store.edges(
    symbols.map((symbol) => symbol.id),
    { direction: 'outgoing' },
  );
  expect([0, VERSION_COUNTS.files]).toContain(edges.length);
  const { embedded } = await store.counts();
  expect([0, VERSION_COUNTS.chunks]).toContain(embedded);
  expect(await store.pendingEmbeddings(1000)).toHaveLength(VERSION_COUNTS.chunks - embedded);
  expect(await store.searchVectors(atAngle(0), 1000)).toHaveLength(embedded);
  return version;
}

describe('several processes', () => {
  it('leaves the last whole state when a writer is killed, and goes on from it', async () => {
    const path = join(folder, 'killed.db');
    for (let round = 0; round < ROUNDS; round++) {
      const child = startWriter(path, 10_000);
      let done = 0;
      for await (const line of createInterface({ input: child.stdout! })) {
        done = Number(line);
        if (done > round) break;
      }
      // Between two versions, or in the middle of one: each round at another place.
      for (let spin = 0; spin < round * 3; spin++) await new Promise(setImmediate);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await using store = await EmbeddedStore.open(path);
      expect(await assertWhole(store)).toBeGreaterThanOrEqual(done);
    }
    // What was interrupted many times and then finished equals what was never interrupted.
    await using interrupted = await EmbeddedStore.open(path);
    await using undisturbed = await EmbeddedStore.open(':memory:');
    for (const store of [interrupted, undisturbed]) {
      await store.applyFiles({ upsert: versionFiles(7), remove: [], meta: { version: '7' } });
      await store.replaceEdges(versionEdges(7));
      const { hashes, vectors, dimensions } = versionVectors(7);
      await store.putEmbeddings(hashes, vectors, dimensions);
    }
    expect(await hashIndex(interrupted)).toBe(await hashIndex(undisturbed));
  });

  it('reads whole states while another process writes', async () => {
    const path = join(folder, 'shared.db');
    const child = startWriter(path, 25);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    await lines.next();
    await using reader = await EmbeddedStore.open(path, { readOnly: true });
    const seen = new Set<number>();
    const exited = once(child, 'exit').then(() => true);
    for (let running = true; running;) {
      const hits = await reader.searchKeywords({ terms: ['common'] }, 1000);
      expect(hits).toHaveLength(VERSION_COUNTS.chunks);
      expect([0, VERSION_COUNTS.chunks]).toContain((await reader.searchVectors(atAngle(0), 1000)).length);
      seen.add(Number(await reader.getMeta('version')));
      running = !(await Promise.race([exited, new Promise<boolean>((resolve) => setImmediate(resolve, false))]));
    }
    expect(await assertWhole(reader)).toBe(25);
    expect(seen.size).toBeGreaterThan(1);
    expect(await reader.searchVectors(atAngle(0), 1000)).toHaveLength(VERSION_COUNTS.chunks);
  });

  it('lets two writers take turns', async () => {
    const path = join(folder, 'turns.db');
    const children = [startWriter(path, 10), startWriter(path, 10)];
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as unknown));
    expect(codes).toEqual([0, 0]);
    await using store = await EmbeddedStore.open(path);
    expect(await assertWhole(store)).toBe(10);
  });
});
