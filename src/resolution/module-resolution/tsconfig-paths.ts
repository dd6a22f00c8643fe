import type { ProjectLayout } from '../project-layout.ts';
import { asString, parseJsonc, property } from './jsonc.ts';
import { ancestorDirectories, directoryOf, inDirectory, joinPath } from './paths.ts';

/** `compilerOptions.paths` and `baseUrl` of one configuration, folders relative to the root. */
interface PathMapping {
  readonly baseUrl: string | undefined;
  /** Pattern → targets, which are relative to `pathsBase`. */
  readonly paths: readonly (readonly [pattern: string, targets: readonly string[]])[];
  readonly pathsBase: string;
}

/** A chain of `extends` longer than this is a circle. */
const MAX_EXTENDS = 16;
const CONFIG_NAMES = ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json'];

/** Path mappings of TypeScript configurations: `paths` and `baseUrl` with `extends` inside the repository. */
export class TsconfigPaths {
  readonly #layout: ProjectLayout;
  readonly #byDirectory = new Map<string, PathMapping | undefined>();

  constructor(layout: ProjectLayout) {
    this.#layout = layout;
  }

  /** Paths (without extension probing) that a specifier may stand for in a file of `directory`, best first. */
  candidates(directory: string, specifier: string): readonly string[] {
    const mapping = this.#mappingFor(directory);
    if (mapping === undefined) return [];
    const found: string[] = [];
    for (const [pattern, targets] of [...mapping.paths].sort((a, b) => prefixLength(b[0]) - prefixLength(a[0]))) {
      const star = matchPattern(pattern, specifier);
      if (star === undefined) continue;
      for (const target of targets) {
        const path = joinPath(
          mapping.pathsBase,
          target.replace('*', () => star),
        );
        if (path !== undefined) found.push(path);
      }
      break;
    }
    const based = mapping.baseUrl === undefined ? undefined : joinPath(mapping.baseUrl, specifier);
    return based === undefined ? found : [...found, based];
  }

  #mappingFor(directory: string): PathMapping | undefined {
    if (this.#byDirectory.has(directory)) return this.#byDirectory.get(directory);
    const config = ancestorDirectories(directory)
      .flatMap((ancestor) => CONFIG_NAMES.map((name) => inDirectory(ancestor, name)))
      .find((path) => this.#layout.paths.has(path));
    const mapping = config === undefined ? undefined : this.#read(config, 0);
    this.#byDirectory.set(directory, mapping);
    return mapping;
  }

  #read(path: string, depth: number): PathMapping {
    const directory = directoryOf(path);
    const config = this.#layout.paths.has(path) ? parseJsonc(this.#layout.readManifest(path) ?? '') : undefined;
    const options = property(config, 'compilerOptions');
    const inherited = depth < MAX_EXTENDS ? this.#inherited(config, directory, depth) : undefined;
    const baseText = asString(property(options, 'baseUrl'));
    const baseUrl = baseText === undefined ? inherited?.baseUrl : joinPath(directory, baseText);
    const paths = readPaths(property(options, 'paths'));
    if (paths === undefined)
      return { baseUrl, paths: inherited?.paths ?? [], pathsBase: inherited?.pathsBase ?? directory };
    return { baseUrl, paths, pathsBase: baseUrl ?? directory };
  }

  /** Settings of `extends`: the last of several wins. Packages are outside of the repository and not read. */
  #inherited(config: unknown, directory: string, depth: number): PathMapping | undefined {
    const value = property(config, 'extends');
    const parents = (Array.isArray(value) ? value : [value]).flatMap((parent) => asString(parent) ?? []);
    let merged: PathMapping | undefined;
    for (const parent of parents.filter((name) => name.startsWith('.'))) {
      const target = joinPath(directory, parent);
      if (target === undefined) continue;
      const next = this.#read(target.endsWith('.json') ? target : `${target}.json`, depth + 1);
      const keepsPaths = next.paths.length === 0 && merged !== undefined;
      merged = {
        ...(keepsPaths ? { ...next, paths: merged?.paths ?? [], pathsBase: merged?.pathsBase ?? '' } : next),
        baseUrl: next.baseUrl ?? merged?.baseUrl,
      };
    }
    return merged;
  }
}

function readPaths(value: unknown): (readonly [string, readonly string[]])[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).map(([pattern, targets]) => [
    pattern,
    Array.isArray(targets) ? targets.flatMap((target) => asString(target) ?? []) : [],
  ]);
}

const prefixLength = (pattern: string): number => (pattern.includes('*') ? pattern.indexOf('*') : pattern.length + 1);

/** What the `*` of a pattern stands for in `text`: `''` for an exact match without one, undefined for no match. */
export function matchPattern(pattern: string, text: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text ? '' : undefined;
  const prefix = pattern.slice(0, star);
  const suffix = pattern.slice(star + 1);
  if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix))
    return undefined;
  return text.slice(prefix.length, text.length - suffix.length);
}
