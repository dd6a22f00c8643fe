import type { ResolutionTier } from '../../graph/edge.ts';
import type { Reference } from '../../parsing/language.ts';
import { databaseKey } from '../dependencies.ts';
import type { DependencyRecorder } from '../dependencies.ts';
import { hasBody } from '../project-index.ts';
import type { Declaration, FileScope, ProjectIndex } from '../project-index.ts';
import { lookAtDeclaration } from '../tracked-scope.ts';

/** What a SQL name stands for. */
export type SqlResolution =
  | { readonly kind: 'found'; readonly declaration: Declaration; readonly tier: ResolutionTier }
  | { readonly kind: 'unresolved'; readonly candidateCount: number };

/** Kinds a use may mean: `SELECT … FROM f()` reads a function, a call never means a table. */
const TARGET_KINDS: Readonly<Record<'relation' | 'routine', ReadonlySet<string>>> = {
  relation: new Set(['table', 'view', 'function', 'sequence', 'type']),
  routine: new Set(['procedure', 'function', 'package', 'trigger', 'method', 'type', 'sequence']),
};

/**
 * The names of a database: one space for all files, case-insensitive, with or without schema. The objects of a package
 * are seen by their bare name inside of it only.
 */
export class SqlCatalog {
  /** Folded last name → declarations. */
  readonly #byName = new Map<string, Declaration[]>();
  readonly #parts = new Map<Declaration, readonly string[]>();
  readonly #recorder: DependencyRecorder;

  constructor(index: ProjectIndex, recorder: DependencyRecorder) {
    this.#recorder = recorder;
    for (const file of index.files) {
      if (file.rules.family !== 'sql') continue;
      for (const declaration of file.declarations) {
        const parts = nameParts(declaration.definition.qualifiedName);
        this.#parts.set(declaration, parts);
        const name = parts.at(-1) ?? '';
        const known = this.#byName.get(name);
        if (known === undefined) this.#byName.set(name, [declaration]);
        else known.push(declaration);
      }
    }
  }

  resolve(file: FileScope, reference: Reference): SqlResolution {
    const parts = nameParts(reference.receiver === null ? reference.name : `${reference.receiver}.${reference.name}`);
    const wanted = TARGET_KINDS[reference.kind === 'reads' || reference.kind === 'writes' ? 'relation' : 'routine'];
    const name = parts.at(-1) ?? '';
    this.#recorder.look(databaseKey(name));
    const all = this.#byName.get(name) ?? [];
    for (const candidate of all) lookAtDeclaration(this.#recorder, candidate);
    const named = all.filter(({ definition }) => reference.kind === 'references' || wanted.has(definition.kind));
    const enclosing = file.declarations[reference.enclosing];
    const inScope = parts.length === 1 ? this.#inEnclosingUnits(named, enclosing) : [];
    if (inScope.length > 0) return this.#choose(inScope, file);
    const matching = named.filter((candidate) => this.#isNamed(candidate, parts));
    const inSchema = this.#preferSchema(matching, parts, file);
    return this.#choose(inSchema, file);
  }

  /** Siblings in the enclosing package, and what the routine itself declares. The body of a package may be in another file. */
  #inEnclosingUnits(named: readonly Declaration[], enclosing: Declaration | undefined): readonly Declaration[] {
    for (let unit = enclosing; unit !== undefined; unit = unit.parent ?? undefined) {
      const scope = this.#parts.get(unit)?.join('.') ?? '';
      const inside = named.filter((candidate) => (this.#parts.get(candidate) ?? []).slice(0, -1).join('.') === scope);
      if (inside.length > 0) return inside;
    }
    return [];
  }

  /** One of both names ends with the other; a member of a package must be named with the package. */
  #isNamed(candidate: Declaration, parts: readonly string[]): boolean {
    const own = this.#parts.get(candidate) ?? [];
    const shared = Math.min(own.length, parts.length);
    for (let back = 1; back <= shared; back++) if (own.at(-back) !== parts.at(-back)) return false;
    let needed = 1;
    for (let unit = candidate.parent; unit !== null; unit = unit.parent)
      if (unit.definition.kind !== 'schema') needed++;
    return parts.length >= needed;
  }

  /** A full name beats a partial one; without a schema the default one of the file comes first. */
  #preferSchema(matching: readonly Declaration[], parts: readonly string[], file: FileScope): readonly Declaration[] {
    const schema = nameParts(file.parsed.packageName);
    const full = [parts.join('.'), ...(schema.length > 0 ? [[...schema, ...parts].join('.')] : [])];
    const exact = matching.filter((candidate) => full.includes(this.#parts.get(candidate)?.join('.') ?? ''));
    return exact.length > 0 ? exact : matching;
  }

  #choose(candidates: readonly Declaration[], file: FileScope): SqlResolution {
    const objects = new Map<string, Declaration[]>();
    for (const candidate of candidates) {
      const key = this.#parts.get(candidate)?.join('.') ?? '';
      objects.set(key, [...(objects.get(key) ?? []), candidate]);
    }
    const [only] = objects.values();
    if (objects.size !== 1 || only === undefined) return { kind: 'unresolved', candidateCount: objects.size };
    // Specification and body, or the same object for several dialects and versions: body first, then the nearest file.
    const withBody = only.filter(hasBody);
    const nearest = nearestTo(file, withBody.length > 0 ? withBody : only);
    const [declaration] = nearest;
    const isOneFile = new Set(nearest.map((candidate) => candidate.file)).size === 1;
    if (declaration === undefined || !isOneFile) return { kind: 'unresolved', candidateCount: nearest.length };
    return { kind: 'found', declaration, tier: declaration.file === file ? 'lexical' : 'import' };
  }
}

function nearestTo(file: FileScope, candidates: readonly Declaration[]): readonly Declaration[] {
  const closeness = candidates.map((candidate) => sharedFolders(file.parsed.path, candidate.file.parsed.path));
  const best = Math.max(...closeness);
  return candidates.filter((_, at) => closeness[at] === best);
}

/** Leading segments two paths have in common; the same file is nearest of all. */
function sharedFolders(a: string, b: string): number {
  if (a === b) return Number.MAX_SAFE_INTEGER;
  const left = a.split('/').slice(0, -1);
  const right = b.split('/').slice(0, -1);
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared]) shared++;
  return shared;
}

/** Segments of a name, folded to lower case, without quotes: `[dbo]."Orders"` → dbo, orders. */
export function nameParts(name: string): readonly string[] {
  const parts = name.match(/"[^"]*"|\[[^\]]*\]|`[^`]*`|[^.\s]+/g) ?? [];
  return parts.map((part) => part.replace(/^["[`]|["\]`]$/g, '').toLowerCase());
}
