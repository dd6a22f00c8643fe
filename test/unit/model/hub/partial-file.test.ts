import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptBytes, PartialFile } from '../../../../src/model/hub/partial-file.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../helpers/temporary-folder.ts';

const BLOB = 'c'.repeat(64);

/** What the name of an unfinished file says of its machine. */
async function machineMark(home: TemporaryFolder): Promise<string> {
  const { path } = await PartialFile.claim(join(home.path, BLOB));
  const mark = new RegExp(`^${BLOB}\\.(h[0-9a-f]{8})-p${process.pid}-[0-9a-f]{8}\\.incomplete$`).exec(
    basename(path),
  )?.[1];
  return mark ?? expect.unreachable();
}

/** A process of this machine that is no more. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

function makeOld(path: string): void {
  const seconds = Date.now() / 1000 - 11 * 60;
  utimesSync(path, seconds, seconds);
}

describe('PartialFile', () => {
  it('is not taken from a process that may still write to it', async () => {
    using home = temporaryFolder();
    const blob = join(home.path, BLOB);
    const mark = await machineMark(home);
    const others = [
      `${mark}-p${process.pid}-00000000.incomplete`,
      // Whether a process of another machine lives cannot be seen from here.
      `h00000000-p${deadProcess()}-00000000.incomplete`,
      // As Python's library names it.
      'incomplete',
    ];
    for (const name of others) home.write(`${BLOB}.${name}`, 'four');
    expect(await keptBytes(blob)).toBe(0);
    await PartialFile.claim(blob);
    for (const name of others) expect(existsSync(`${blob}.${name}`)).toBe(true);
    for (const name of others) makeOld(`${blob}.${name}`);
    expect(await keptBytes(blob)).toBe(4);
  });

  it('goes on with the longest of those that nobody writes to', async () => {
    using home = temporaryFolder();
    const blob = join(home.path, BLOB);
    const dead = `${blob}.${await machineMark(home)}-p${deadProcess()}-00000000.incomplete`;
    home.write(`${BLOB}.0.kept.incomplete`, 'some');
    home.write(basename(dead), 'some more');
    home.write(`${BLOB}.1.kept.incomplete`, '');
    home.write(`${'d'.repeat(64)}.kept.incomplete`, 'that of another blob');
    expect(await keptBytes(blob)).toBe(9);
    const { path } = await PartialFile.claim(blob);
    expect(existsSync(path)).toBe(true);
    expect(existsSync(dead)).toBe(false);
    expect(await keptBytes(blob)).toBe(4);
  });
});
