import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VOLATILE_INDEX_META } from '../../src/indexing/index-meta.ts';
import { hashIndex } from '../../src/store/dump-index.ts';
import { EmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { indexPath } from '../../src/store/open-store.ts';
import { killCli, runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { SAMPLE_REPOSITORY } from './sample-repository.ts';

/** Moments as shares of an undisturbed run; `npm run bench:kill` does many more, at random. */
const MOMENTS = [0.3, 0.6, 0.8, 0.95];

async function contentOf(root: string): Promise<string> {
  await using store = await EmbeddedStore.open(indexPath(root), { readOnly: true });
  return await hashIndex(store, { volatileMeta: VOLATILE_INDEX_META });
}

describe('an index run that is killed', () => {
  it('is finished by the next, and equals an undisturbed one', async () => {
    using folder = temporaryFolder(SAMPLE_REPOSITORY);
    const root = folder.path;
    const index = (): void =>
      expect(runCli(['index', '--quiet'], { cwd: root })).toMatchObject({ status: 0, stdout: '' });
    index();
    const expected = await contentOf(root);
    rmSync(join(root, '.codegraphai'), { recursive: true });
    const started = performance.now();
    index();
    const undisturbedMs = performance.now() - started;
    expect(await contentOf(root)).toBe(expected);
    for (const moment of MOMENTS) {
      rmSync(join(root, '.codegraphai'), { recursive: true });
      await killCli(['index', '--quiet'], { cwd: root, afterMs: undisturbedMs * moment });
      index();
      expect(await contentOf(root), `killed at ${moment} of the run`).toBe(expected);
    }
  });
});
