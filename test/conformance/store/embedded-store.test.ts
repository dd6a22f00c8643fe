import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { DumpableStore } from '../../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { describeIndexStore } from './index-store.suite.ts';

const folder = await mkdtemp(join(tmpdir(), 'codegraphai-store-'));
afterAll(() => rm(folder, { recursive: true }));

const paths = new WeakMap<DumpableStore, string>();
let made = 0;

async function openFile(path: string): Promise<EmbeddedStore> {
  const store = await EmbeddedStore.open(path);
  paths.set(store, path);
  return store;
}

describeIndexStore('embedded store, in memory', { open: () => EmbeddedStore.open(':memory:') });

describeIndexStore('embedded store, in a file', {
  open: () => openFile(join(folder, `${made++}`, 'index.db')),
  reopen: async (store) => {
    await store.close();
    return await openFile(paths.get(store)!);
  },
});
