import type { ImportDeclaration, TypedName } from '../language.ts';
import type { BlockScopes } from './block-scopes.ts';
import type { CollectedSyntax, FoundTypedName } from './collect-matches.ts';
import { representative, type DefinitionDraft } from './definition-drafts.ts';
import type { ScopeFinder } from './scope-finder.ts';
import type { SyntaxRules } from './syntax-rules.ts';
import { createdTypeOf, writtenTypeOf } from './type-name.ts';
import { typeOfValue, valueTextOf } from './value-text.ts';

/** A typed name with its place. */
export interface LocatedTypedName extends TypedName {
  readonly nameOffset: number;
  /** The type is written out: it means the same wherever the value goes. */
  readonly isWritten: boolean;
  /** A definition of its own carries the type: `this.pool = createPool()` names no local. */
  readonly isDefinition: boolean;
}

const HEAD = /^[\p{L}_$][\p{L}\p{N}_$]*/u;
const SELF_NAMES: ReadonlySet<string> = new Set(['this', 'super', 'self', 'Self', 'crate', 'cls', 'new']);

/** A name that is given more different values than this is no more looked at: it would be read as often as it is set. */
const MAX_TYPES = 16;

interface TypedNamesInput {
  readonly syntax: CollectedSyntax;
  readonly scopes: ScopeFinder;
  readonly blocks: BlockScopes;
  readonly rules: SyntaxRules;
  readonly drafts: readonly DefinitionDraft[];
  readonly imports: readonly ImportDeclaration[];
}

/** The local names of a file, in source order, each type of a name once. A name of unknown type is kept where it may hide another. */
export function buildTypedNames(input: TypedNamesInput): LocatedTypedName[] {
  const { syntax, scopes, blocks, rules, drafts, imports } = input;
  const result: LocatedTypedName[] = [];
  const defined = new Set(drafts.map(({ nameOffset }) => nameOffset));
  const declarations = new NameRegions();
  const hasBlocks = syntax.blocks.length > 0;
  const typesByName = new Map<string, Set<string>>();
  const { outerNames, isOpen } = namesFromOutside(syntax, rules, drafts, imports);
  const localNames = countNames(syntax.typedNames.values());
  // What starts with a name of the platform (`len(rows)`, `Object.keys(x)`) leads to nothing in the project.
  const leadsSomewhere = (head: string): boolean =>
    isOpen || outerNames.has(head) || localNames.has(head) || SELF_NAMES.has(head);
  scopes.restart();
  blocks.restart();
  for (const found of [...syntax.typedNames.values()].sort((a, b) => a.nameOffset - b.nameOffset)) {
    const { name, nameOffset, source, text } = found;
    if (source === 'value' && rules.moduleLoad?.test(text) === true) continue;
    const draft = scopes.draftOfName(nameOffset);
    const block = blocks.around(nameOffset, draft);
    if (block?.kind === 'type') continue;
    const isDefinition = defined.has(nameOffset);
    const known = typeOf(found, rules, leadsSomewhere) ?? '';
    // An object that is a definition has its members in it.
    const typeName = isDefinition && known === '{}' ? '' : known;
    const own = block?.scope ?? (draft === null ? -1 : representative(draft).index);
    // Assigning declares nothing, and what is assigned has the type that the declaration or its first value gave.
    const outer = source === 'assigned' ? declarations.around(name, nameOffset) : undefined;
    // Where blocks are no scopes an assignment may declare a name: the same one further out is another.
    const region = hasBlocks || outer?.scope === own ? outer : undefined;
    if (source !== 'assigned') declarations.add(name, block ?? draft, own, typeName !== '');
    else if (typeName === '' || region?.isTyped === true) continue;
    const scope = region?.scope ?? own;
    const scopedName = `${scope} ${name}`;
    // At the top of a file blocks are no scopes of their own: such a name would hide the rest of the file's.
    const isHiding =
      scope !== -1 && !isDefinition && (outerNames.has(name) || (scope < -1 && (localNames.get(name) ?? 0) > 1));
    if (name === '_' || (typeName === '' && !isHiding)) continue;
    const types = typesByName.get(scopedName) ?? new Set<string>();
    typesByName.set(scopedName, types);
    if (!isDefinition && (types.has(typeName) || types.size >= MAX_TYPES)) continue;
    types.add(typeName);
    const isWritten = source === 'type' || source === 'class';
    result.push({ name, typeName, scope, nameOffset, isWritten, isDefinition: isDefinition && !isWritten });
  }
  return result;
}

function typeOf(
  { source, text, key, isElement }: FoundTypedName,
  rules: SyntaxRules,
  leadsSomewhere: (head: string) => boolean,
): string | undefined {
  if (source === 'unknown') return undefined;
  if (source === 'guard') return leadsSomewhere(text) ? `=? ${text}` : undefined;
  if (source === 'class') return createdTypeOf(text, rules);
  // `({ pool }) => …`: what is taken out of the parameter.
  if (source === 'context') return contextType(key === '' ? text : text.replace(' ', `.${key} `), leadsSomewhere);
  if (source === 'type') {
    const type = writtenTypeOf(text, rules);
    // `{ pool }: Options` is what the member of a value of that type is.
    return key === '' || type === undefined ? type : `= (_ as ${type}).${key}`;
  }
  if (rules.wholeTypes === true && text.startsWith('{')) return '{}';
  const value = valueTextOf(text, rules.wholeTypes);
  if (value === undefined || !leadsSomewhere(HEAD.exec(value)?.[0] ?? '')) return undefined;
  // What may be one thing or another is read in parentheses.
  if (rules.wholeTypes === true && / (?:\?\?|\|\||\?) /u.test(value))
    return key === '' ? `= (${value})` : `= (${value}).${key}`;
  return typeOfValue(`${value}${isElement ? '[]' : ''}${key === '' ? '' : `.${key}`}`);
}

/** The type of a parameter by where its function is used. */
function contextType(context: string, leadsSomewhere: (head: string) => boolean): string | undefined {
  const source = context.slice(context.indexOf(' ') + 1);
  const isWritten = /^[.:^]/u.test(context);
  return context !== '' && (isWritten || leadsSomewhere(HEAD.exec(source)?.[0] ?? '')) ? `=> ${context}` : undefined;
}

function countNames(names: Iterable<FoundTypedName>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, source } of names) if (source !== 'assigned') counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Where names are declared, to find what an assignment is to. */
class NameRegions {
  readonly #regions = new Map<string, { start: number; end: number; scope: number; isTyped: boolean }[]>();

  add(
    name: string,
    region: { readonly startOffset: number; readonly endOffset: number } | null,
    scope: number,
    isTyped: boolean,
  ): void {
    const regions = this.#regions.get(name) ?? [];
    this.#regions.set(name, regions);
    regions.push({ start: region?.startOffset ?? 0, end: region?.endOffset ?? Infinity, scope, isTyped });
  }

  /** The innermost declaration of a name whose region holds an offset. */
  around(name: string, offset: number): { readonly scope: number; readonly isTyped: boolean } | undefined {
    let found: { start: number; scope: number; isTyped: boolean } | undefined;
    for (const region of this.#regions.get(name) ?? []) {
      if (region.start <= offset && offset < region.end && region.start >= (found?.start ?? 0)) found = region;
    }
    return found;
  }
}

/** What the file can see from outside of a function: its definitions, its imports, or anything at all. */
function namesFromOutside(
  syntax: CollectedSyntax,
  rules: SyntaxRules,
  drafts: readonly DefinitionDraft[],
  imports: readonly ImportDeclaration[],
): { readonly outerNames: ReadonlySet<string>; readonly isOpen: boolean } {
  const names = new Set(drafts.map(({ name }) => name));
  let isOpen = rules.sharesPackageScope === true;
  for (const { name, alias } of imports.flatMap((declaration) => declaration.names)) {
    names.add(alias);
    if (name === '*' && alias === '*') isOpen = true;
  }
  // Names of other files are not known here: those that are called may be among them.
  if (isOpen) for (const { name, receiver } of syntax.references.values()) if (receiver === null) names.add(name);
  return { outerNames: names, isOpen };
}
