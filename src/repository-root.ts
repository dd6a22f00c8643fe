import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { indexPath } from './store/open-store.ts';

function nearest(folder: string, test: (folder: string) => boolean): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    if (test(current)) return current;
    if (dirname(current) === current) return undefined;
  }
}

/** The repository around a folder: the nearest one above it that git knows; else the folder itself. */
export function findRepositoryRoot(folder: string): string {
  return nearest(folder, (candidate) => existsSync(join(candidate, '.git'))) ?? resolve(folder);
}

/** The nearest folder at or above `folder` that has an index; else the repository around it. */
export function findIndexedRoot(folder: string): string {
  return nearest(folder, (candidate) => existsSync(indexPath(candidate))) ?? findRepositoryRoot(folder);
}
