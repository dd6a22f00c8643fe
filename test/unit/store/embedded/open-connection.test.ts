import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodeGraphError } from '../../../../src/kernel/errors.ts';
import { dumpIndex } from '../../../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../../../src/store/embedded/embedded-store.ts';
import { deleteIndex } from '../../../../src/store/embedded/open-connection.ts';
import { SCHEMA_VERSION } from '../../../../src/store/embedded/schema.ts';
import { atAngle, collect } from '../../../conformance/store/store-fixtures.ts';
import { versionEdges, versionFiles, versionVectors } from '../../../conformance/store/store-versions.ts';

const CHILD = fileURLToPath(new URL('../../../conformance/store/store-child.ts', import.meta.url));
/** A user who owns nothing, for what root may do and others may not. */
const NOBODY = 65_534;

const folder = await mkdtemp(join(tmpdir(), 'codegraphai-store-'));
const whole = join(folder, 'whole.db');
let next = 0;

beforeAll(async () => {
  await using store = await EmbeddedStore.open(whole);
  await store.applyFiles({ upsert: versionFiles(1), remove: [] });
  await store.replaceEdges(versionEdges(1));
  const { hashes, vectors, dimensions } = versionVectors(1);
  await store.putEmbeddings(hashes, vectors, dimensions);
  await store.optimize();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A path of its own for each test, with a copy of a good index where asked. */
async function freshPath(options: { readonly copy: boolean }): Promise<string> {
  const path = join(folder, String(next++), 'index.db');
  await mkdir(join(path, '..'));
  if (options.copy) await copyFile(whole, path);
  return path;
}

/** Does what a session does; the error, or undefined when all went well. */
async function useIndex(path: string, options: { readonly readOnly: boolean }): Promise<unknown> {
  try {
    await using store = await EmbeddedStore.open(path, { ...options, create: false });
    await collect(dumpIndex(store));
    await store.searchKeywords({ terms: ['common', 'version1'] }, 10, { pathGlob: 'src/**' });
    await store.searchVectors(atAngle(0), 10);
    if (!options.readOnly) await store.applyFiles({ upsert: versionFiles(2), remove: [] });
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

/** Pseudo-random bytes that are the same in every run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Codes of the refusals when it is opened for reading, and for writing; each says where and what to do. */
async function refusals(path: string): Promise<readonly string[]> {
  const codes: string[] = [];
  for (const readOnly of [true, false]) {
    const thrown = await useIndex(path, { readOnly });
    if (!CodeGraphError.isInstance(thrown)) throw new Error(`not refused: ${String(thrown)}`);
    expect(thrown).toMatchObject({ name: 'StoreError', details: { path } });
    expect(thrown.hint).toMatch(/^[A-Z].*\.$/);
    expect(thrown.message).toContain(path);
    codes.push(thrown.code);
  }
  return codes;
}

/** What a user without rights sees, in a process of its own where this one is root's. */
function openElsewhere(path: string): string {
  const asNobody = process.getuid?.() === 0 ? ['0', String(NOBODY)] : [];
  const { stdout, stderr } = spawnSync(process.execPath, [CHILD, 'open', path, ...asNobody], { encoding: 'utf8' });
  return stdout.trim() || stderr;
}

describe('an index that is not one', () => {
  const contents: readonly [string, Buffer][] = [
    ['zero length', Buffer.alloc(0)],
    ['random bytes', noise(20_000, 1)],
    ['a text file', Buffer.from('# Readme\n'.repeat(1000))],
    ['one byte', Buffer.from('S')],
    ['only the magic', Buffer.from('SQLite format 3\0')],
    ['the magic and random bytes', Buffer.concat([Buffer.from('SQLite format 3\0'), noise(8192, 2)])],
  ];
  it.each(contents)('refuses %s', async (_name, bytes) => {
    const path = await freshPath({ copy: false });
    await writeFile(path, bytes);
    expect(await refusals(path)).toEqual(['STORE_DAMAGED', 'STORE_DAMAGED']);
  });

  it('refuses a folder', async () => {
    const path = await freshPath({ copy: false });
    await mkdir(path);
    expect(await refusals(path)).toEqual(['STORE_UNREADABLE', 'STORE_UNREADABLE']);
    await expect(EmbeddedStore.open(path)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  it('refuses a path below a file', async () => {
    await expect(EmbeddedStore.open(join(whole, 'index.db'))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  it('refuses the database of another program', async () => {
    const path = await freshPath({ copy: false });
    new DatabaseSync(path).exec('CREATE TABLE cookies (id INTEGER)');
    expect(await refusals(path)).toEqual(['STORE_DAMAGED', 'STORE_DAMAGED']);
    await expect(EmbeddedStore.open(path)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('says where there is none', async () => {
    const path = await freshPath({ copy: false });
    expect(await refusals(path)).toEqual(['STORE_NOT_FOUND', 'STORE_NOT_FOUND']);
  });

  it('refuses a log without its index, which SQLite would throw away', async () => {
    const path = await freshPath({ copy: true });
    const store = await EmbeddedStore.open(path);
    await store.setMeta({ a: 'b' });
    const log = await readFile(`${path}-wal`);
    await store.close();
    await deleteIndex(path);
    await writeFile(`${path}-wal`, log);
    expect(await refusals(path)).toEqual(['STORE_DAMAGED', 'STORE_DAMAGED']);
    await expect(EmbeddedStore.open(path)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect((await stat(`${path}-wal`)).size).toBe(log.length);
  });
});

describe('an index of another kind', () => {
  it.each([
    [SCHEMA_VERSION + 1, 'newer'],
    [SCHEMA_VERSION - 1, 'older'],
  ])('refuses version %i', async (version) => {
    const path = await freshPath({ copy: true });
    new DatabaseSync(path).exec(`PRAGMA user_version = ${version}`);
    expect(await refusals(path)).toEqual(['STORE_VERSION_MISMATCH', 'STORE_VERSION_MISMATCH']);
  });

  it('refuses triggers and views, which would run on our changes', async () => {
    const path = await freshPath({ copy: true });
    new DatabaseSync(path).exec('CREATE TRIGGER evil AFTER INSERT ON file BEGIN DELETE FROM meta; END');
    expect(await refusals(path)).toEqual(['STORE_DAMAGED', 'STORE_DAMAGED']);
  });

  it.each([
    'DROP TABLE symbol',
    'DELETE FROM state',
    'UPDATE state SET dimensions = 1000000000',
    "UPDATE file SET diagnostics = 'no json'",
    "UPDATE vector_data SET vectors = x'00'",
    'UPDATE embedding SET slot = slot + 900000000000',
    'INSERT INTO vector_segment VALUES (4000000000, 99)',
  ])('refuses the result of %s', async (sql) => {
    const path = await freshPath({ copy: true });
    new DatabaseSync(path).exec(sql);
    const thrown = await useIndex(path, { readOnly: true });
    expect(thrown).toMatchObject({ name: 'StoreError' });
  });
});

describe('a damaged index', () => {
  it.each([0.1, 0.5, 0.9, 0.9999])('refuses one that is cut to a share of %d', async (share) => {
    const path = await freshPath({ copy: true });
    await truncate(path, Math.floor((await stat(path)).size * share));
    expect(await refusals(path)).toEqual(['STORE_DAMAGED', 'STORE_DAMAGED']);
  });

  it('never fails in another way than with a StoreError, wherever it is hit', async () => {
    const { size } = await stat(whole);
    let refused = 0;
    for (let round = 0; round < 40; round++) {
      const path = await freshPath({ copy: true });
      const handle = await open(path, 'r+');
      await handle.write(noise(600, round), 0, 600, Math.floor((size * round) / 40));
      await handle.close();
      const thrown = await useIndex(path, { readOnly: round % 2 === 0 });
      if (thrown === undefined) continue;
      expect(thrown).toMatchObject({ name: 'StoreError' });
      refused++;
    }
    expect(refused).toBeGreaterThan(5);
  });

  it('gives way to a new one', async () => {
    const path = await freshPath({ copy: false });
    await writeFile(path, noise(5000, 9));
    await deleteIndex(path);
    await deleteIndex(path);
    await using store = await EmbeddedStore.open(path);
    expect(await store.counts()).toMatchObject({ files: 0 });
  });

  it('makes one of an empty file: its maker was killed before the first change', async () => {
    const path = await freshPath({ copy: false });
    await writeFile(path, '');
    await using store = await EmbeddedStore.open(path);
    expect(await store.counts()).toMatchObject({ files: 0 });
  });
});

describe('reading only', () => {
  it('refuses every change', async () => {
    const path = await freshPath({ copy: true });
    await using store = await EmbeddedStore.open(path, { readOnly: true });
    const refusal = { code: 'STORE_READ_ONLY' };
    await expect(store.setMeta({ a: 'b' })).rejects.toMatchObject(refusal);
    await expect(store.applyFiles({ upsert: [], remove: [] })).rejects.toMatchObject(refusal);
    await expect(store.optimize()).rejects.toMatchObject(refusal);
    expect((await store.counts()).files).toBe(8);
  });

  it.skipIf(process.platform === 'win32')('reads an index in a folder that may not be written', async () => {
    const path = await freshPath({ copy: true });
    await chmod(folder, 0o755);
    await chmod(join(path, '..'), 0o555);
    expect(openElsewhere(path)).toBe('files 8');
    await chmod(join(path, '..'), 0o755);
  });

  it.skipIf(process.platform === 'win32')('says what to do where the log of such an index has changes', async () => {
    const path = await freshPath({ copy: true });
    const source = await freshPath({ copy: true });
    await using store = await EmbeddedStore.open(source);
    await store.setMeta({ a: 'b' });
    for (const suffix of ['', '-wal']) await copyFile(source + suffix, path + suffix);
    await chmod(folder, 0o755);
    await chmod(join(path, '..'), 0o555);
    expect(openElsewhere(path)).toMatch(/^(files 8|STORE_READ_ONLY [A-Z].*\.)$/);
    await chmod(join(path, '..'), 0o755);
  });

  it.skipIf(process.platform === 'win32')('says so where the file itself may not be read', async () => {
    const path = await freshPath({ copy: true });
    await chmod(folder, 0o755);
    await chmod(path, 0o000);
    expect(openElsewhere(path)).toMatch(/^STORE_UNREADABLE [A-Z].*\.$/);
  });
});

describe('other trouble', () => {
  it('waits for the lock of another process only so long', async () => {
    const path = await freshPath({ copy: true });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await using store = await EmbeddedStore.open(path, { busyTimeoutMs: 1 });
    await expect(store.setMeta({ a: 'b' })).rejects.toMatchObject({ code: 'STORE_LOCKED', details: { sqliteCode: 5 } });
    expect((await store.counts()).files).toBe(8);
    other.exec('ROLLBACK');
    other.close();
    await store.setMeta({ a: 'b' });
    expect(await store.getMeta('a')).toBe('b');
  });

  it('prints no warning: node:sqlite has left the experimental stage', () => {
    const { stderr } = spawnSync(process.execPath, [CHILD, 'open', whole], { encoding: 'utf8' });
    expect(stderr).toBe('');
  });
});
