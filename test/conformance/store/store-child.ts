/**
 * A second process beside a test. `store-child.ts write PATH ROUNDS` applies versions of the same files, one change a
 * version, and prints each version that is done. `store-child.ts open PATH` opens for reading and prints what happens.
 */
import { CodeGraphError } from '../../../src/kernel/errors.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { versionEdges, versionFiles, versionVectors } from './store-versions.ts';

const [, , mode, path = '', rounds = '0', uid] = process.argv;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function write(): Promise<void> {
  await using store = await EmbeddedStore.open(path);
  for (let version = 1; version <= Number(rounds); version++) {
    await store.applyFiles({ upsert: versionFiles(version), remove: [], meta: { version: String(version) } });
    await store.replaceEdges(versionEdges(version));
    const { hashes, vectors, dimensions } = versionVectors(version);
    await store.putEmbeddings(hashes, vectors, dimensions);
    say(String(version));
  }
}

async function open(): Promise<void> {
  if (uid !== undefined) process.setuid?.(Number(uid));
  try {
    await using store = await EmbeddedStore.open(path, { readOnly: true });
    say(`files ${(await store.counts()).files}`);
  } catch (thrown) {
    if (!CodeGraphError.isInstance(thrown)) throw thrown;
    say(`${thrown.code} ${thrown.hint ?? ''}`);
  }
}

await (mode === 'write' ? write() : open());
