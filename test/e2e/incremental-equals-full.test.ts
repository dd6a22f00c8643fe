import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import {
  contentOf,
  firstDifferences,
  freshContentOf,
  indexGraph,
  readPackage,
  runEditScript,
} from '../helpers/incremental-check.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/incremental', import.meta.url));

/** Another one each day: what a night finds, its message tells how to repeat. */
const SEED = Number(process.env['INCREMENTAL_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const EDITS = 4;

/** `npm run fuzz:incremental` runs 500 of each. */
const PACKAGES: readonly (readonly [name: string, scripts: number])[] = [
  ['immer', 5],
  ['markdown-it-py', 2],
];

const FILES: Readonly<Record<string, string>> = {
  'src/pool.ts': 'export class Pool {\n  acquire() {\n    return open()\n  }\n}\nexport function open() {}\n',
  'src/order.ts': "import { Pool } from './pool'\nexport function cancel(pool: Pool) {\n  return pool.acquire()\n}\n",
  'src/index.ts': "export * from './order'\nexport { Pool } from './pool'\n",
  'app/mail.py': 'from app.queue import push\n\n\ndef send():\n    return push()\n',
  'app/queue.py': 'def push():\n    return 1\n',
  'app/__init__.py': '',
  'go.mod': 'module example.com/x\n',
  'tools/main.go': 'package main\n\nfunc main() {\n\tretry()\n\tvar r Runner\n\tr.Run()\n}\n',
  'tools/retry.go': 'package main\n\ntype Runner struct{}\n\nfunc retry() {}\n',
  'tools/run.go': 'package main\n\nfunc (r Runner) Run() {}\n',
  'db/orders.sql': 'CREATE PROCEDURE cancel_order AS BEGIN DELETE FROM orders; END;\n',
  'db/tables.sql': 'CREATE TABLE orders (id INT);\n',
};

/** Indexes, changes, indexes again. */
async function indexAround(
  change: (folder: TemporaryFolder) => void,
): Promise<{ readonly before: string[]; readonly after: string[]; readonly fresh: string[] }> {
  using folder = temporaryFolder(FILES);
  await using store = await EmbeddedStore.open(':memory:');
  await indexGraph(folder.path, store);
  const before = await contentOf(store);
  change(folder);
  await indexGraph(folder.path, store);
  const after = await contentOf(store);
  return { before, after, fresh: await freshContentOf(folder.path) };
}

describe('an index that is brought up to date equals a fresh one', () => {
  it.each(PACKAGES)('after random scripts of edits of %s', async (name, scripts) => {
    const files = readPackage(join(FIXTURES, name));
    for (let script = 0; script < scripts; script++) {
      expect(await runEditScript({ files, name, seed: SEED, script, edits: EDITS })).toBeNull();
    }
  });

  it.each<readonly [string, (folder: TemporaryFolder) => void]>([
    ['a file is renamed', ({ path }) => renameSync(join(path, 'src/pool.ts'), join(path, 'src/pools.ts'))],
    ['a file is moved', ({ path }) => renameSync(join(path, 'app/queue.py'), join(path, 'queue.py'))],
    [
      'a file is renamed in its case only',
      ({ path }) => renameSync(join(path, 'src/pool.ts'), join(path, 'src/Pool.ts')),
    ],
    ['a file is deleted', ({ path }) => rmSync(join(path, 'src/pool.ts'))],
    ['a file is ignored', (folder) => folder.write('.codegraphignore', 'pool.ts\n')],
    ['a file becomes binary', ({ path }) => writeFileSync(join(path, 'src/pool.ts'), Uint8Array.of(0, 1, 2, 0))],
    [
      'a file comes that takes the place of another',
      (folder) => folder.write('src/pool/index.ts', 'export class Pool {}\n'),
    ],
    ['a name is no longer the only one', (folder) => folder.write('src/more.ts', FILES['src/pool.ts'] ?? '')],
    ['a type gets its methods from another file', (folder) => folder.write('tools/run.go', 'package main\n')],
    [
      'a type goes away and comes elsewhere',
      (folder) => {
        folder.write('tools/retry.go', 'package main\n\nfunc retry() {}\n');
        folder.write('tools/types.go', 'package main\n\ntype Runner struct{}\n');
      },
    ],
    ['a package gets another name', (folder) => folder.write('tools/retry.go', 'package tools\n\nfunc retry() {}\n')],
    ['a table is renamed', (folder) => folder.write('db/tables.sql', 'CREATE TABLE sales (id INT);\n')],
    [
      'a manifest changes',
      (folder) => folder.write('tsconfig.json', '{"compilerOptions":{"paths":{"./pool":["./x"]}}}'),
    ],
    [
      'many files change at once, as when a branch is switched',
      (folder) => {
        for (const [path, text] of Object.entries(FILES)) {
          if (path.endsWith('.ts')) folder.write(path, text.replaceAll('acquire', 'take'));
          if (path.endsWith('.py')) folder.write(path, text.replaceAll('push', 'put'));
        }
        rmSync(join(folder.path, 'tools/run.go'));
        folder.write('src/new/place.ts', "import { Pool } from '../index'\nexport const pool = new Pool()\n");
      },
    ],
  ])('when %s', async (_name, change) => {
    const { before, after, fresh } = await indexAround(change);
    expect(firstDifferences(after, fresh)).toEqual([]);
    expect(after).not.toEqual(before);
  });
});
