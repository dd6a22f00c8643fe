import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeclaredEntry } from '../graph/entry-points.ts';
import { asString, parseJsonc, property } from '../resolution/module-resolution/jsonc.ts';
import { ancestorDirectories, directoryOf, inDirectory } from '../resolution/module-resolution/paths.ts';
import { ScriptModules } from '../resolution/module-resolution/script-modules.ts';
import { sourceOf } from '../resolution/module-resolution/workspace-packages.ts';
import { readLayout } from './project-layout.ts';

/** What the `package.json` files of a repository say of it as a whole. */
export interface PackageFacts {
  /** Of the package in the root; null where it has none. */
  readonly description: string | null;
  /** Files of `bin`, `main`, `module` and `exports`, those of built files by their sources; each once, commands first. */
  readonly entries: readonly DeclaredEntry[];
}

/** How deep `exports` nests its conditions; more is no manifest anybody wrote. */
const MAX_EXPORTS_DEPTH = 8;

/**
 * Reads the manifests beside and above the files of an index.
 *
 * @param paths - Files that are indexed.
 */
export function readPackageFacts(root: string, paths: readonly string[]): PackageFacts {
  const directories = new Set(paths.flatMap((path) => ancestorDirectories(directoryOf(path))));
  const manifests = [...directories]
    .map((directory) => inDirectory(directory, 'package.json'))
    .filter((path) => existsSync(join(root, path)))
    .sort();
  const { layout } = readLayout(root, manifests);
  const modules = new ScriptModules(layout, new Set(paths));
  const entries = new Map<string, DeclaredEntry>();
  const add = (manifest: string, target: string, reason: DeclaredEntry['reason']): void => {
    for (const candidate of [target, ...sourceOf(target)]) {
      const found = modules.resolvePath(manifest, `./${candidate.replace(/^\.?\//, '')}`);
      if (typeof found !== 'object') continue;
      for (const path of found.paths) if (!entries.has(path)) entries.set(path, { path, reason });
      return;
    }
  };
  const read = manifests.map((path) => ({ path, manifest: parseJsonc(layout.readManifest(path) ?? '') }));
  for (const { path, manifest } of read) {
    for (const target of stringsIn(property(manifest, 'bin'))) add(path, target, 'command');
  }
  for (const { path, manifest } of read) {
    for (const name of ['source', 'exports', 'module', 'main']) {
      for (const target of stringsIn(property(manifest, name))) add(path, target, 'package');
    }
  }
  const own = read.find(({ path }) => path === 'package.json')?.manifest;
  return { description: asString(property(own, 'description')) ?? null, entries: [...entries.values()] };
}

/** Every text in a value of a manifest, but patterns with `*`. */
function stringsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return value.includes('*') ? [] : [value];
  if (typeof value !== 'object' || value === null || depth > MAX_EXPORTS_DEPTH) return [];
  return Object.values(value).flatMap((inner) => stringsIn(inner, depth + 1));
}
