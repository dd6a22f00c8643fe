import type { ParsedFile } from '../parsing/language.ts';
import { definitionIds } from './build-symbols.ts';
import {
  callablesKey,
  databaseKey,
  detachedKey,
  importsKey,
  nameKey,
  surfaceKey,
  wildcardsKey,
} from './dependencies.ts';
import { languageRules } from './language-rules.ts';
import { isCallableKind, isSubscription, isTypeKind } from './project-index.ts';
import { nameParts } from './tiers/sql-catalog.ts';

/** What others can see of a file: by dependency key, a text that differs where it does. */
type Surface = ReadonlyMap<string, string>;

/**
 * Compares what others can see of two states of a file. Where text stands does not count: a line put in at the top, or
 * another body that defines no other names, changes nothing for others.
 *
 * @param before - undefined for a new file.
 * @param after - undefined for one that is gone.
 * @returns Keys of what differs.
 */
export function changedKeys(before: ParsedFile | undefined, after: ParsedFile | undefined): string[] {
  const left = before === undefined ? EMPTY : surfaceOf(before);
  const right = after === undefined ? EMPTY : surfaceOf(after);
  const changed: string[] = [];
  for (const [key, text] of left) if (right.get(key) !== text) changed.push(key);
  for (const key of right.keys()) if (!left.has(key)) changed.push(key);
  const path = (after ?? before)?.path;
  if (changed.length > 0 && path !== undefined) changed.push(surfaceKey(path));
  return changed;
}

const EMPTY: Surface = new Map();

/** Fields that say where something stands, or that no resolution reads. */
const UNSEEN = new Set(['range', 'position', 'bodyOffset', 'documentation']);

const text = (value: unknown): string =>
  JSON.stringify(value, (key, field: unknown) => (UNSEEN.has(key) ? undefined : field));

function surfaceOf(parsed: ParsedFile): Surface {
  const { path, definitions, typedNames, imports, exportAliases, references: _own, diagnostics: _ours } = parsed;
  const { family, group, detachedMembers } = languageRules(parsed.language);
  const parts = new Map<string, string[]>();
  const add = (key: string, part: string): void => {
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [part]);
    else known.push(part);
  };
  const ids = definitionIds(parsed);
  const tops: string[] = [];
  /** Of each definition the names its nearest one outside of its type is known by; undefined where it has none. */
  const aparts: (readonly string[] | undefined)[] = [];
  for (const [index, definition] of definitions.entries()) {
    const { kind, name, qualifiedName, parent, range, bodyOffset } = definition;
    const top = tops[parent] ?? name;
    tops.push(top);
    const isOut =
      detachedMembers !== 'none' && (isTypeKind(kind) || kind === 'module' || isApart(definition, definitions[parent]));
    const apart = isOut ? [...new Set(qualifiedName.split('.'))] : aparts[parent];
    aparts.push(apart);
    const hasBody = bodyOffset < range.endOffset;
    // Places of definitions among others of the file do not count: parents are told by name.
    const seen = text([ids[index], ids[parent], hasBody, { ...definition, parent: 0 }]);
    add(nameKey(path, top), seen);
    for (const segment of apart ?? []) add(detachedKey(group, segment), `${parsed.packageName} ${seen}`);
    const named = [ids[index], kind, hasBody, definitions[parent]?.kind];
    if (isCallableKind(kind) || isSubscription(definition)) add(callablesKey(group, name), text(named));
    if (family === 'sql') add(databaseKey(nameParts(qualifiedName).at(-1) ?? ''), text(named));
  }
  for (const { scope, ...named } of typedNames) {
    const part = text([ids[scope], named]);
    add(nameKey(path, tops[scope] ?? named.name), part);
    for (const segment of aparts[scope] ?? []) add(detachedKey(group, segment), part);
  }
  for (const declaration of imports) {
    const { names, reexport } = declaration;
    const part = text(declaration);
    add(importsKey(path), part);
    for (const { alias, name } of names) add(nameKey(path, alias === '' ? name : alias), part);
    const isWildcard = names.some(({ name }) => name === '*') || names.length === 0;
    if (isWildcard) add(wildcardsKey(path), text([reexport, declaration]));
  }
  for (const { exported, local } of exportAliases) add(nameKey(path, exported), text([exported, local]));
  addRest(parsed, (part) => add(surfaceKey(path), part));
  return new Map([...parts].map(([key, all]) => [key, all.join('\n')]));
}

/** Whether a definition stands outside of what it belongs to. */
function isApart(
  { kind, name, qualifiedName, parent }: ParsedFile['definitions'][number],
  around: ParsedFile['definitions'][number] | undefined,
): boolean {
  if (parent < 0) return kind === 'method' || qualifiedName !== name;
  return qualifiedName !== `${around?.qualifiedName ?? ''}.${name}`;
}

/**
 * Package, and lists that only some languages have: whoever looks at these depends on the whole file. What flows say of
 * other files is a question of its own (see `ProjectResolver`).
 */
function addRest(parsed: ParsedFile, add: (part: string) => void): void {
  const known = new Set([
    'definitions',
    'references',
    'typedNames',
    'imports',
    'exportAliases',
    'diagnostics',
    'flows',
  ]);
  for (const [key, value] of Object.entries(parsed).filter(([name]) => !known.has(name))) add(text([key, value]));
}
