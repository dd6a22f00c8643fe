import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchPackage, type RegistryPackage } from '../fetch-package.ts';
import { scoreTypescript, type TypescriptScore } from './typescript-score.ts';

interface Package extends RegistryPackage {
  /** Packages of `held-out` were chosen with the others, and are not looked at while resolution is improved. */
  readonly set: 'main' | 'held-out';
}

/** What to compare, and how much to say of it. */
export interface TypescriptBenchOptions {
  /** A folder of one's own instead of the packages. */
  readonly folder?: string | undefined;
  /** `main`, `held-out`, or the id of one package. @defaultValue both sets */
  readonly only?: string | undefined;
  readonly samples: number;
  readonly scratch: string | undefined;
}

/** Types every package for Node is written against; the compiler knows nothing of `EventEmitter` without them. */
const COMMON_TYPES = '@types/node@24.10.1';

const scriptFile = new URL('../resolution.bench.ts', import.meta.url).pathname;

/** Installs what a package depends on, so that the compiler knows the types that come from there. */
function installDependencies(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) return;
  // The form npm gives every package.
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const wanted = Object.entries(dependencies).map(([name, range]) => `${name}@${range}`);
  const beside = mkdtempSync(join(tmpdir(), 'codegraphai-bench-install-'));
  try {
    writeFileSync(join(beside, 'package.json'), '{"private":true}');
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent', '--legacy-peer-deps'];
    execFileSync('npm', ['install', ...flags, ...wanted, COMMON_TYPES], { cwd: beside, stdio: 'ignore' });
    renameSync(join(beside, 'node_modules'), join(folder, 'node_modules'));
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Compares one package in a process of its own: the compiler wants a gigabyte for the larger ones. */
function comparePackage(wanted: Package, samples: number, scratch: string): TypescriptScore {
  const folder = fetchPackage({ ...wanted, folder: '.' }, scratch);
  installDependencies(folder);
  const cache = join(scratch, `${wanted.id}-${wanted.version}.oracle.json`);
  const output = execFileSync(
    process.execPath,
    [
      '--max-old-space-size=6000',
      scriptFile,
      'typescript',
      join(folder, wanted.folder),
      '--samples',
      String(samples),
      '--oracle-cache',
      cache,
    ],
    { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // Printed by the function below.
  return (JSON.parse(output) as { result: TypescriptScore }).result;
}

/** Compares a folder, or the pinned packages one by one. */
export async function benchTypescript(
  { folder, only, samples, scratch }: TypescriptBenchOptions,
  cache?: string,
): Promise<object> {
  if (folder !== undefined) return { result: await scoreTypescript(resolve(folder), samples, cache) };
  const root = resolve(scratch ?? join(tmpdir(), 'codegraphai-bench-resolution'));
  mkdirSync(root, { recursive: true });
  // This repository's own file; its form is checked by using it.
  const packages = JSON.parse(
    readFileSync(new URL('./typescript-packages.json', import.meta.url), 'utf8'),
  ) as Package[];
  const chosen = packages.filter(({ id, set }) => only === undefined || only === id || only === set);
  const scores = chosen.map((wanted) => ({
    package: `${wanted.name} ${wanted.version}`,
    set: wanted.set,
    ...comparePackage(wanted, samples, root),
  }));
  return { lines: scores.reduce((total, { lines }) => total + lines, 0), packages: scores };
}
