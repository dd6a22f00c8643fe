import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A definition inside of the package; line and column 1-based, the column in UTF-16 units, of its name. */
export interface OraclePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

/** What Jedi says of one call; neither `definitions` nor `outside` where it does not know. */
export interface OracleCall {
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly definitions?: readonly OraclePlace[] | undefined;
  readonly outside?: readonly string[] | undefined;
}

const SCRIPT = fileURLToPath(new URL('./python-oracle.py', import.meta.url));

function run(program: string, args: readonly string[]): void {
  execFileSync(program, [...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** A Python environment with nothing but the oracle, made once outside of the repository. */
export function oraclePython(scratch: string, { name, version }: { name: string; version: string }): string {
  const folder = join(scratch, `${name}-${version}-environment`);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) {
    run('python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '--quiet', `${name}==${version}`]);
  }
  return python;
}

/** Asks Jedi about every call under a folder, by path; answers are kept under `key`: some packages take minutes. */
export function jediCalls(
  python: string,
  folder: string,
  scratch: string,
  key: string,
): ReadonlyMap<string, readonly OracleCall[]> {
  mkdirSync(scratch, { recursive: true });
  const cached = join(scratch, `${key}.json`);
  if (!existsSync(cached)) {
    run(python, [SCRIPT, folder, `${cached}.part`]);
    renameSync(`${cached}.part`, cached);
  }
  // Written by the script beside this file.
  return new Map(Object.entries(JSON.parse(readFileSync(cached, 'utf8')) as Record<string, OracleCall[]>));
}
