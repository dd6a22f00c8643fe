/**
 * Kills `codegraphai index` with SIGKILL at random moments and checks that the next run finishes and ends in the same
 * index as an undisturbed one.
 *
 *     npm run bench:kill -- [--kills 20] [--seed 1] [--folder src/indexing]
 *
 * Prints JSON; exits with 1 when an index differs.
 */
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VOLATILE_INDEX_META } from '../src/indexing/index-meta.ts';
import { hashIndex } from '../src/store/dump-index.ts';
import { EmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import { indexPath } from '../src/store/open-store.ts';
import { killCli, runCli } from '../test/helpers/run-cli.ts';
import { temporaryFolder } from '../test/helpers/temporary-folder.ts';
import { describeMachine } from './machine.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: 'src/indexing' },
  },
});
const kills = Number(values.kills);

/** Mulberry32: small, seeded, good enough to spread moments. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function digestOf(root: string): Promise<string> {
  await using store = await EmbeddedStore.open(indexPath(root), { readOnly: true });
  return await hashIndex(store, { volatileMeta: VOLATILE_INDEX_META });
}

function index(root: string): number {
  const started = performance.now();
  const { status, stderr } = runCli(['index', '--quiet'], { cwd: root });
  if (status !== 0) throw new Error(`index ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

using scratch = temporaryFolder();
const root = join(scratch.path, 'repository');
cpSync(values.folder, root, { recursive: true, filter: (path) => !path.endsWith('.wasm') });
index(root); // Warms the cache of compiled models.
rmSync(join(root, '.codegraphai'), { recursive: true });
const undisturbedMs = index(root);
const expected = await digestOf(root);

const random = randomNumbers(Number(values.seed));
const rounds: { afterMs: number; outcome: 'killed' | 'ended'; equal: boolean }[] = [];
while (rounds.filter(({ outcome }) => outcome === 'killed').length < kills) {
  rmSync(join(root, '.codegraphai'), { recursive: true });
  const afterMs = Math.round(50 + random() * undisturbedMs);
  const outcome = await killCli(['index', '--quiet'], { cwd: root, afterMs });
  index(root);
  rounds.push({ afterMs, outcome, equal: (await digestOf(root)) === expected });
  process.stderr.write(
    `${rounds.length}: ${outcome} after ${afterMs} ms of about ${Math.round(undisturbedMs)}, ${rounds.at(-1)?.equal === true ? 'equal' : 'DIFFERENT'}\n`,
  );
}
const different = rounds.filter(({ equal }) => !equal).length;
process.stdout.write(
  `${JSON.stringify({ bench: 'kill-index', machine: describeMachine(ROOT), kills, undisturbedMs: Math.round(undisturbedMs), different, rounds }, null, 2)}\n`,
);
if (different > 0) process.exitCode = 1;
