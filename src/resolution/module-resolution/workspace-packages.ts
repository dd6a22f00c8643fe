import type { ProjectLayout } from '../project-layout.ts';
import { asString, parseJsonc, property } from './jsonc.ts';
import { ancestorDirectories, directoryOf, joinPath } from './paths.ts';
import { matchPattern } from './tsconfig-paths.ts';

interface WorkspacePackage {
  readonly directory: string;
  readonly manifest: unknown;
}

/** Conditions of `exports` and `imports`, those that lead to source first. */
const CONDITIONS = ['source', 'development', 'types', 'import', 'module', 'node', 'default', 'require', 'browser'];
const BUILD_FOLDERS = /^(?:dist|lib|build|out|esm|cjs|es|types)\//;

/** Packages of the repository itself, by the name in their `package.json`. */
export class WorkspacePackages {
  readonly #byName = new Map<string, WorkspacePackage>();
  readonly #byDirectory = new Map<string, WorkspacePackage>();

  constructor(layout: ProjectLayout) {
    const manifests = [...layout.paths]
      .filter((path) => /(?:^|\/)package\.json$/.test(path) && !/(?:^|\/)node_modules\//.test(path))
      .sort();
    for (const path of manifests) {
      const entry = { directory: directoryOf(path), manifest: parseJsonc(layout.readManifest(path) ?? '') };
      this.#byDirectory.set(entry.directory, entry);
      const name = asString(property(entry.manifest, 'name'));
      // The shallowest package of a name is the package; deeper ones are its fixtures and templates.
      const known = name === undefined ? undefined : this.#byName.get(name);
      if (name !== undefined && (known === undefined || depth(entry.directory) < depth(known.directory)))
        this.#byName.set(name, entry);
    }
  }

  /** Paths (before extension probing) for `name`, `@scope/name` or `name/sub`, best first; none for packages from outside. */
  candidates(specifier: string): readonly string[] {
    const [, name = '', subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
    const found = this.#byName.get(name);
    if (found === undefined) return [];
    const exported = exportTargets(property(found.manifest, 'exports'), `.${subpath}`);
    const entries =
      subpath === ''
        ? ['source', 'types', 'typings', 'module', 'main'].flatMap(
            (key) => asString(property(found.manifest, key)) ?? [],
          )
        : [];
    const sources =
      subpath === ''
        ? ['src/index', 'index', 'src/main', 'lib/index']
        : [`src${subpath}`, subpath.slice(1), `lib${subpath}`];
    const targets = [...exported, ...entries].flatMap((target) => [target, ...sourceOf(target)]);
    return [...targets, ...sources].flatMap((target) => joinPath(found.directory, target) ?? []);
  }

  /** Paths for a `#name` of the `imports` map of the nearest package. */
  privateCandidates(directory: string, specifier: string): readonly string[] {
    const owner = ancestorDirectories(directory).find((ancestor) => this.#byDirectory.has(ancestor));
    if (owner === undefined) return [];
    return exportTargets(property(this.#byDirectory.get(owner)?.manifest, 'imports'), specifier)
      .flatMap((target) => [target, ...sourceOf(target)])
      .flatMap((target) => joinPath(owner, target) ?? []);
  }
}

const depth = (directory: string): number => (directory === '' ? 0 : directory.split('/').length);

/** Source paths a built file may come from: `dist/index.js` → `src/index.js`. */
export function sourceOf(target: string): string[] {
  const relative = target.replace(/^\.\//, '');
  return BUILD_FOLDERS.test(relative)
    ? [relative.replace(BUILD_FOLDERS, 'src/'), relative.replace(BUILD_FOLDERS, '')]
    : [];
}

function exportTargets(map: unknown, key: string): string[] {
  const exact = property(map, key);
  if (exact !== undefined) return conditionTargets(exact);
  if (typeof map === 'string' || Array.isArray(map)) return key === '.' ? conditionTargets(map) : [];
  if (typeof map !== 'object' || map === null) return [];
  const keys = Object.entries(map);
  if (key === '.' && keys.every(([name]) => !name.startsWith('.') && !name.startsWith('#')))
    return conditionTargets(map);
  for (const [pattern, value] of keys) {
    const star = pattern.includes('*') ? matchPattern(pattern, key) : undefined;
    if (star !== undefined) return conditionTargets(value).map((target) => target.replaceAll('*', () => star));
  }
  return [];
}

function conditionTargets(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(conditionTargets);
  return CONDITIONS.flatMap((condition) => {
    const next = property(value, condition);
    return next === undefined ? [] : conditionTargets(next);
  });
}
