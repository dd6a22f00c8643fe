import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { indexPath } from '../../src/store/open-store.ts';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const FILES = {
  'src/pool.ts': 'export class Pool {\n  acquire() {\n    return 1\n  }\n}\n',
  'src/order.ts': "import { Pool } from './pool'\nexport function cancel(pool: Pool) {\n  return pool.acquire()\n}\n",
};

describe('codegraphai verify', () => {
  it('says that the index is what a new one would be, and names what is not', () => {
    using folder = temporaryFolder(FILES);
    const run = (...args: string[]): ReturnType<typeof runCli> => runCli(args, { cwd: folder.path });
    expect(run('verify')).toMatchObject({ status: 3 });
    expect(run('index', '--no-embed', '--quiet')).toMatchObject({ status: 0 });
    const equal = run('verify', '--json');
    expect(equal.status).toBe(0);
    expect(JSON.parse(equal.stdout)).toMatchObject({
      equal: true,
      differing: 0,
      differences: [],
      compared: { file: 2 },
    });
    using database = new DatabaseSync(indexPath(folder.path));
    database.exec("UPDATE edge SET kind = 'reads' WHERE kind = 'calls'");
    const differs = run('verify');
    expect(differs.status).toBe(1);
    expect(differs.stdout).toMatch(/only stored \["edge","src\/order.ts".*"kind":"reads"/u);
    expect(differs.stdout).toMatch(/only fresh {2}\["edge","src\/order.ts".*"kind":"calls"/u);
    expect(run('index', '--full', '--no-embed', '--quiet')).toMatchObject({ status: 0 });
    folder.write('src/pool.ts', 'export class Pool {}\n');
    const stale = run('verify', '--json', '--limit', '1');
    expect(stale.status).toBe(1);
    expect(JSON.parse(stale.stdout)).toMatchObject({
      equal: false,
      differences: [{ only: 'fresh' }, { only: 'stored' }],
    });
  });
});
