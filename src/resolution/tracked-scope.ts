import type { ParsedFile } from '../parsing/language.ts';
import { detachedKey, hashKey, importsKey, nameKey, surfaceKey, wildcardsKey } from './dependencies.ts';
import type { DependencyRecorder } from './dependencies.ts';
import { isType } from './project-index.ts';
import type { Declaration, FileScope } from './project-index.ts';

/** A table of names that notes which of them are looked up while another file is resolved. */
class TrackedNames<Value> implements ReadonlyMap<string, Value> {
  readonly #names: ReadonlyMap<string, Value>;
  readonly #look: (name: string) => void;
  readonly #lookAtAll: () => void;

  constructor(names: ReadonlyMap<string, Value>, look: (name: string) => void, lookAtAll: () => void) {
    this.#names = names;
    this.#look = look;
    this.#lookAtAll = lookAtAll;
  }

  get(name: string): Value | undefined {
    this.#look(name);
    return this.#names.get(name);
  }

  has(name: string): boolean {
    this.#look(name);
    return this.#names.has(name);
  }

  get size(): number {
    return this.#all().size;
  }

  entries(): MapIterator<[string, Value]> {
    return this.#all().entries();
  }

  keys(): MapIterator<string> {
    return this.#all().keys();
  }

  values(): MapIterator<Value> {
    return this.#all().values();
  }

  forEach(visit: (value: Value, name: string, names: ReadonlyMap<string, Value>) => void): void {
    for (const [name, value] of this.#all()) visit(value, name, this);
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  #all(): ReadonlyMap<string, Value> {
    this.#lookAtAll();
    return this.#names;
  }
}

/** Name of the definition at the top of its file that a declaration is in. */
export function topNameOf(declaration: Declaration): string {
  let at = declaration;
  while (at.parent !== null) at = at.parent;
  return at.definition.name;
}

/** Notes a declaration that was found by other ways than the names of its file. */
export function lookAtDeclaration(recorder: DependencyRecorder, declaration: Declaration): void {
  const { path } = declaration.file.parsed;
  const { group, detachedMembers } = declaration.file.rules;
  if (recorder.isForeign(path)) recorder.look(nameKey(path, topNameOf(declaration)));
  if (detachedMembers === 'none') return;
  for (const segment of declaration.definition.qualifiedName.split('.')) recorder.look(detachedKey(group, segment));
  if (declaration.owner !== null && declaration.owner !== declaration) lookAtDeclaration(recorder, declaration.owner);
}

/**
 * Makes the tables of a file note what other files look up in them. What is found under a name is noted with it, whole:
 * declarations may be followed freely.
 */
export function trackScope(file: FileScope, recorder: DependencyRecorder): void {
  const { path } = file.parsed;
  const { group, detachedMembers } = file.rules;
  const isOpen = detachedMembers !== 'none';
  const hashes = new Map<string, readonly number[]>();
  const all = hashKey(surfaceKey(path));
  const lookAtAll = (): void => {
    if (recorder.isForeign(path)) recorder.lookHash(all);
  };
  const look = (name: string): void => {
    const isForeign = recorder.isForeign(path);
    if (!isForeign && !(isOpen && recorder.isRecording)) return;
    let known = hashes.get(name);
    if (known === undefined) {
      const apart = isOpen ? [name, ...typesIn(file, name)] : [];
      known = [hashKey(nameKey(path, name)), ...apart.map((type) => hashKey(detachedKey(group, type)))];
      hashes.set(name, known);
    }
    for (let at = isForeign ? 0 : 1; at < known.length; at++) recorder.lookHash(known[at] ?? 0);
  };
  const lookAtWildcards = (): void => {
    if (recorder.isForeign(path)) recorder.look(wildcardsKey(path));
  };
  const names = <Value>(table: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
    new TrackedNames(table, look, lookAtAll);
  const top = file.typedNames.get(-1) ?? new Map<string, string>();
  const { wildcards, wildcardReexports, parsed } = file;
  Object.defineProperties(file, {
    parsed: { value: trackParsed(parsed, recorder, lookAtAll), enumerable: true },
    members: { value: names(file.members), enumerable: true },
    typedNames: { value: new Map(file.typedNames).set(-1, names(top)), enumerable: true },
    bindings: { value: names(file.bindings), enumerable: true },
    reexports: { value: names(file.reexports), enumerable: true },
    exportAliases: { value: names(file.exportAliases), enumerable: true },
    wildcards: {
      enumerable: true,
      get(): readonly string[] {
        lookAtWildcards();
        return wildcards;
      },
    },
    wildcardReexports: {
      enumerable: true,
      get(): readonly string[] {
        lookAtWildcards();
        return wildcardReexports;
      },
    },
  });
}

/** Names of the types in what a file has under a name: each may have members elsewhere. */
function typesIn(file: FileScope, name: string): string[] {
  return file.declarations
    .filter((declaration) => isType(declaration) && topNameOf(declaration) === name)
    .map(({ definition }) => definition.name);
}

/** The parsed file itself: whoever looks at a list of another file depends on all that is visible of that file. */
function trackParsed(parsed: ParsedFile, recorder: DependencyRecorder, lookAtAll: () => void): ParsedFile {
  const { path, language } = parsed;
  const tracked: ParsedFile = {
    path,
    language,
    get packageName() {
      lookAtAll();
      return parsed.packageName;
    },
    get definitions() {
      lookAtAll();
      return parsed.definitions;
    },
    get references() {
      lookAtAll();
      return parsed.references;
    },
    get imports() {
      if (recorder.isForeign(path)) recorder.look(importsKey(path));
      return parsed.imports;
    },
    get exportAliases() {
      lookAtAll();
      return parsed.exportAliases;
    },
    get typedNames() {
      lookAtAll();
      return parsed.typedNames;
    },
    get diagnostics() {
      lookAtAll();
      return parsed.diagnostics;
    },
  };
  // Lists that only some languages have.
  for (const key of Object.keys(parsed)) {
    if (key in tracked) continue;
    Object.defineProperty(tracked, key, {
      enumerable: true,
      get(): unknown {
        lookAtAll();
        return Reflect.get(parsed, key);
      },
    });
  }
  return tracked;
}
