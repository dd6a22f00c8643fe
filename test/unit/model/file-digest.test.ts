import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileDigest } from '../../../src/model/file-digest.ts';
import { EMBEDDED_FOLDER, temporaryFolder } from './model-folder.ts';

const SHA256_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SETTLED = join(EMBEDDED_FOLDER, 'config.json');

describe('fileDigest', () => {
  it('does not remember a file that has just been written: it may change within one tick of the clock', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'file');
    await writeFile(file, 'abc');
    expect(await fileDigest(file, folder.path)).toBe(SHA256_OF_ABC);
    expect(await readdir(folder.path)).toEqual(['file']);
  });

  it('remembers a file that has settled, and hashes again when the record is damaged', async () => {
    await using folder = await temporaryFolder();
    const digest = await fileDigest(SETTLED, folder.path);
    const [name] = await readdir(join(folder.path, 'digests'));
    const record = join(folder.path, 'digests', name!);
    const remembered = JSON.parse(await readFile(record, 'utf8')) as Record<string, unknown>;
    expect(remembered).toMatchObject({ path: SETTLED, sha256: digest });
    for (const damaged of ['{"path":', '[]', JSON.stringify({ ...remembered, sha256: 'x' })]) {
      await writeFile(record, damaged);
      expect(await fileDigest(SETTLED, folder.path)).toBe(digest);
    }
    // What is remembered is used: only with the state of the file as it is.
    const other = '0'.repeat(64);
    await writeFile(record, JSON.stringify({ ...remembered, sha256: other }));
    expect(await fileDigest(SETTLED, folder.path)).toBe(other);
    await writeFile(record, JSON.stringify({ ...remembered, state: '1:2:3:4:5', sha256: other }));
    expect(await fileDigest(SETTLED, folder.path)).toBe(digest);
  });
});
