import type { Definition, ExportAlias, ImportDeclaration, ParsedFile, Reference, ValueFlow } from '../language.ts';
import { BlockScopes, type CompactBlocks } from './block-scopes.ts';
import { collectMatches, type CollectedSyntax } from './collect-matches.ts';
import {
  isFunctionKind,
  isScopeKind,
  isValueKind,
  mergeDrafts,
  nestDrafts,
  representative,
  type DefinitionDraft,
} from './definition-drafts.ts';
import { bodyOffsetOf, declaredTypeOf, documentationOf, signatureOf } from './definition-text.ts';
import { ScopeFinder } from './scope-finder.ts';
import { positionOf } from './syntax-node.ts';
import type { QueryMatch } from './symbol-query.ts';
import type { SyntaxRules } from './syntax-rules.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { createdTypeOf } from './type-name.ts';
import { typeOfValue, valueTextOf } from './value-text.ts';
import { buildTypedNames, type LocatedTypedName } from './typed-names.ts';

type Bases = Definition['bases'][number][];

/** What the query found in one file. */
export interface FileMatches {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly matches: readonly QueryMatch[];
  /** The tree they are from. */
  readonly nodes: SyntaxTree;
  readonly rules: SyntaxRules;
}

/** Turns the matches of one file into what the file says about itself, without diagnostics. */
export function buildParsedFile({ path, language, text, matches, nodes, rules }: FileMatches): ParsedFile {
  const syntax = collectMatches(matches, rules, text, nodes);
  const drafts = nestDrafts([...syntax.drafts.values()]);
  mergeDrafts(drafts, rules);
  const kept = drafts.filter((draft) => draft.mergedInto === null);
  for (const [index, draft] of kept.entries()) draft.index = index;
  const scopes = new ScopeFinder(drafts);
  const blocks = new BlockScopes(syntax.blocks, drafts, text);
  const { imports, exportAliases } = readModuleSyntax(syntax, rules);
  const typedNames = buildTypedNames({ syntax, scopes, blocks, rules, drafts, imports });
  const returnTypes = returnedTypes(syntax, scopes, blocks, rules);
  const draftBlocks = blocksOfDrafts(kept, blocks);
  const used = new Set([...typedNames, ...draftBlocks.values()].map(({ scope }) => scope));
  scopes.restart();
  const compact = blocks.compact(used, (offset) => scopes.draftAround(offset));
  return {
    path,
    language,
    definitions: buildDefinitions({
      drafts,
      kept,
      syntax,
      scopes,
      rules,
      text,
      typedNames,
      exportAliases,
      returnTypes,
      compact,
      draftBlocks,
    }),
    references: buildReferences(syntax, scopes, drafts, imports, blocks, compact, rules),
    imports,
    exportAliases,
    typedNames: typedNames
      .filter(({ isDefinition }) => !isDefinition)
      .map(({ name, typeName, scope }) => ({ name, typeName, scope: compact.finalScope(scope) })),
    ...(compact.parents.length === 0 ? {} : { blocks: compact.parents }),
    ...(rules.flowNotation === undefined ? {} : { flows: buildFlows(syntax, scopes) }),
    packageName: syntax.packageName,
    condition: rules.fileCondition?.(text),
    diagnostics: [],
  };
}

function readModuleSyntax(
  syntax: CollectedSyntax,
  rules: SyntaxRules,
): { readonly imports: ImportDeclaration[]; readonly exportAliases: ExportAlias[] } {
  const imports: ImportDeclaration[] = [];
  const exportAliases: ExportAlias[] = [];
  for (const node of syntax.imports) imports.push(...(rules.readImport?.(node) ?? []));
  for (const node of syntax.exports) {
    const exported = rules.readExport?.(node);
    if (exported === undefined) continue;
    imports.push(...exported.imports);
    exportAliases.push(...exported.aliases);
  }
  imports.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  return { imports, exportAliases };
}

/** Longer lists of what a value may be are not continued. */
const MAX_TYPE_LENGTH = 1_000;

interface DefinitionInput {
  readonly drafts: readonly DefinitionDraft[];
  readonly kept: readonly DefinitionDraft[];
  readonly syntax: CollectedSyntax;
  readonly scopes: ScopeFinder;
  readonly rules: SyntaxRules;
  readonly text: string;
  readonly typedNames: readonly LocatedTypedName[];
  readonly exportAliases: readonly ExportAlias[];
  /** What functions without a declared type give back. */
  readonly returnTypes: ReadonlyMap<DefinitionDraft, string>;
  readonly compact: CompactBlocks;
  readonly draftBlocks: ReadonlyMap<DefinitionDraft, { readonly scope: number }>;
}

function buildDefinitions(input: DefinitionInput): Definition[] {
  const { kept, rules, text } = input;
  const bases = collectBases(input);
  const types = typesOfDefinitions(input);
  const exportedNames = new Set(input.exportAliases.map(({ local }) => local));
  const borrowed = documentationOfMerged(input);
  const result: Definition[] = [];
  for (const draft of kept) {
    const parentDraft = draft.parent === null ? null : representative(draft.parent);
    const parent = parentDraft === null ? undefined : result[parentDraft.index];
    const isRoute = draft.kind === 'route';
    const bodyOffset = isRoute ? draft.endOffset : bodyOffsetOf(draft, rules);
    const scopePath = isRoute ? '' : scopePathOf(draft, parent);
    const start = draft.first.startPosition;
    const end = draft.last.endPosition;
    result.push({
      kind: draft.kind,
      name: draft.name,
      qualifiedName: scopePath === '' ? draft.name : `${scopePath}.${draft.name}`,
      parent: parentDraft?.index ?? -1,
      range: {
        start: { line: start.row, column: start.column },
        end: { line: end.row, column: end.column },
        startOffset: draft.startOffset,
        endOffset: draft.endOffset,
      },
      bodyOffset,
      signature: isRoute ? draft.name : signatureOf(draft, bodyOffset, rules, text),
      documentation: isRoute ? '' : documentationOf(draft, rules) || (borrowed.get(draft) ?? ''),
      exported: isRoute || isExported(draft, parent, rules, exportedNames),
      bases: bases.get(draft) ?? [],
      typeName: types.get(draft) ?? input.returnTypes.get(draft),
      ...scopeField(draft, input),
    });
  }
  return result;
}

/** The block a definition stands in, where it is in one. */
function scopeField(
  draft: DefinitionDraft,
  { compact, draftBlocks }: DefinitionInput,
): { readonly scope?: number | undefined } {
  const block = draftBlocks.get(draft);
  return block === undefined ? {} : { scope: compact.finalScope(block.scope) };
}

function blocksOfDrafts(
  kept: readonly DefinitionDraft[],
  blocks: BlockScopes,
): Map<DefinitionDraft, { readonly scope: number }> {
  const result = new Map<DefinitionDraft, { readonly scope: number }>();
  blocks.restart();
  for (const draft of kept) {
    const block = draft.member ? null : blocks.around(draft.startOffset, draft.parent);
    if (block !== null) result.set(draft, block);
  }
  return result;
}

/** What functions give back: each value once, those of functions without a name inside of them left out. */
function returnedTypes(
  { returned }: CollectedSyntax,
  scopes: ScopeFinder,
  blocks: BlockScopes,
  rules: SyntaxRules,
): Map<DefinitionDraft, string> {
  const result = new Map<DefinitionDraft, string>();
  scopes.restart();
  blocks.restart();
  for (const { text, offset } of [...returned].sort((a, b) => a.offset - b.offset)) {
    const draft = scopes.draftAround(offset);
    let block = blocks.around(offset, draft);
    while (block !== null && block.kind !== 'function') block = block.parent;
    if (draft === null || !isFunctionKind(draft.kind) || (block !== null && block.startOffset > draft.startOffset))
      continue;
    const known = result.get(draft);
    const value = returnedType(text, rules) ?? '?';
    if (known === undefined) result.set(draft, value);
    else if (known.length < MAX_TYPE_LENGTH && !known.split(' | ').includes(value))
      result.set(draft, `${known} | ${value}`);
  }
  for (const [draft, type] of result) if (type.includes('?') && type.split(' | ').includes('?')) result.delete(draft);
  return result;
}

function returnedType(text: string, rules: SyntaxRules): string | undefined {
  if (/^\(?\s*\{/u.test(text)) return '{}';
  if (/^new\s/u.test(text)) return createdTypeOf(text, rules);
  const value = valueTextOf(text, rules.wholeTypes);
  return value === undefined ? undefined : typeOfValue(value);
}

/** The scopes a definition is in. In a namespace the type a method belongs to is one of them: `void Pool::acquire() {}`. */
function scopePathOf(draft: DefinitionDraft, parent: Definition | undefined): string {
  if (parent === undefined) return draft.owner;
  const isNamed = (parent.kind === 'namespace' || parent.kind === 'module') && draft.owner !== '';
  return isNamed ? `${parent.qualifiedName}.${draft.owner}` : parent.qualifiedName;
}

function isExported(
  draft: DefinitionDraft,
  parent: Definition | undefined,
  rules: SyntaxRules,
  exportedNames: ReadonlySet<string>,
): boolean {
  // A method that stands outside its type goes with the type: `Pool.prototype.acquire = …`.
  const exportName = draft.owner === '' ? draft.name : draft.owner;
  if (parent === undefined) return exportedNames.has(exportName) || rules.isExported(draft, null);
  // What a function defines stays inside it; what an exported object or class holds is reachable through it.
  const reachable = isScopeKind(parent.kind) || parent.kind === 'constant' || parent.kind === 'variable';
  return reachable && parent.exported && rules.isExported(draft, parent.kind);
}

/** Types of definitions: declared, else given with the first value, else that of the parameter they are assigned. */
function typesOfDefinitions({ drafts, rules, typedNames }: DefinitionInput): Map<DefinitionDraft, string> {
  const byOffset = new Map(typedNames.map(({ nameOffset, typeName }) => [nameOffset, typeName]));
  const byScopedName = new Map(
    typedNames
      .filter(({ isWritten }) => isWritten)
      .map(({ scope, name, typeName }) => [`${scope} ${name}`, typeName] as const),
  );
  const values = new Set(typedNames.filter(({ isWritten }) => !isWritten).map(({ nameOffset }) => nameOffset));
  const written = new Set<DefinitionDraft>();
  const result = new Map<DefinitionDraft, string>();
  for (const draft of drafts) {
    const target = representative(draft);
    const ofName = isFunctionKind(draft.kind) ? undefined : byOffset.get(draft.nameOffset);
    const value = draft.member ? draft.node.childForFieldName('right') : null;
    const scope = draft.around === null ? -1 : representative(draft.around).index;
    const ofValue = value?.type === 'identifier' ? byScopedName.get(`${scope} ${value.text}`) : undefined;
    const declared = declaredTypeOf(draft, rules);
    const typeName = declared ?? ofName ?? ofValue;
    if (typeName === undefined || (draft !== target && !isValueKind(draft.kind))) continue;
    const known = result.get(target);
    const isGiven = declared === undefined && values.has(draft.nameOffset);
    if (known === undefined || (draft === target && !isGiven)) result.set(target, typeName);
    // What is assigned again may be either, unless its type is written out.
    else if (
      isGiven &&
      !written.has(target) &&
      known.length < MAX_TYPE_LENGTH &&
      !known.split(' | ').includes(typeName)
    ) {
      result.set(target, `${known} | ${typeName}`);
    }
    if (!isGiven) written.add(target);
  }
  return result;
}

/** Documentation of overload signatures and second accessors, for implementations that have none. */
function documentationOfMerged({ drafts, rules }: DefinitionInput): Map<DefinitionDraft, string> {
  const result = new Map<DefinitionDraft, string>();
  for (const draft of drafts) {
    if (draft.mergedInto === null) continue;
    const target = representative(draft);
    if (result.has(target)) continue;
    const documentation = documentationOf(draft, rules);
    if (documentation !== '') result.set(target, documentation);
  }
  return result;
}

/** The type of a file an implementation that stands outside of it is about. */
function typeNamed(
  name: string,
  around: DefinitionDraft | null,
  drafts: readonly DefinitionDraft[],
): DefinitionDraft | undefined {
  const named = drafts.filter((draft) => draft.name === name && isScopeKind(draft.kind));
  return named.find((draft) => draft.parent === around) ?? (named.length === 1 ? named[0] : undefined);
}

function collectBases({ syntax, scopes, drafts }: DefinitionInput): Map<DefinitionDraft, Bases> {
  const result = new Map<DefinitionDraft, Bases>();
  scopes.restart();
  for (const base of [...syntax.bases].sort((a, b) => a.offset - b.offset)) {
    const around = scopes.draftAround(base.offset);
    const draft = base.owner === '' ? around : typeNamed(base.owner, around, drafts);
    if (draft === undefined || draft === null) continue;
    const target = representative(draft);
    const list = result.get(target) ?? [];
    list.push({ name: base.name, kind: base.kind, position: base.position });
    result.set(target, list);
  }
  return result;
}

function buildReferences(
  syntax: CollectedSyntax,
  scopes: ScopeFinder,
  drafts: readonly DefinitionDraft[],
  imports: readonly ImportDeclaration[],
  blocks: BlockScopes,
  compact: CompactBlocks,
  rules: SyntaxRules,
): Reference[] {
  // What registers a route is a use as well: of the router's method.
  const definitionNames = new Set(drafts.flatMap(({ kind, nameOffset }) => (kind === 'route' ? [] : [nameOffset])));
  // Names that mean nothing outside of their definition: generic parameters, and locals where every name is a use.
  const inner = new Map<DefinitionDraft | null, Set<string>>();
  addInnerNames(inner, syntax.typeParameters, scopes);
  if (rules.bareNamesAreCalls === true) addInnerNames(inner, localNames(syntax), scopes);
  const isInnerName = (name: string, from: DefinitionDraft | null): boolean => {
    if (inner.size === 0) return false;
    for (let scope = from; scope !== null; scope = scope.parent) if (inner.get(scope)?.has(name)) return true;
    return inner.get(null)?.has(name) ?? false;
  };
  scopes.restart();
  blocks.restart();
  const result: Reference[] = [];
  const uses = [...syntax.references.values(), ...passedNames(syntax, drafts, imports)];
  for (const use of uses.sort((a, b) => a.offset - b.offset)) {
    if (use.kind === null || definitionNames.has(use.offset)) continue;
    const around = scopes.draftAround(use.offset);
    const draft = around?.kind === 'route' && around.nameOffset === use.offset ? around.parent : around;
    if (use.kind === 'references' && use.receiver === null && isInnerName(use.name, draft)) continue;
    const enclosing = draft === null ? -1 : representative(draft).index;
    const scope = compact.parents.length === 0 ? undefined : compact.final(blocks.around(use.offset, draft), draft);
    const given = use.arguments;
    result.push({
      kind: use.kind,
      name: use.name,
      receiver: use.receiver,
      enclosing,
      position: use.position,
      ...(scope === undefined ? {} : { scope }),
      ...(given === undefined ? {} : { arguments: given }),
      ...(use.isHandler === true ? { isHandler: true } : {}),
    });
  }
  for (const draft of drafts) addHandlers(result, draft);
  return result;
}

/** Names handed on as values that may mean a function or type of the file, or what it imports. */
function passedNames(
  { passed, references }: CollectedSyntax,
  drafts: readonly DefinitionDraft[],
  imports: readonly ImportDeclaration[],
): CollectedSyntax['passed'] {
  if (passed.length === 0) return [];
  const known = new Set(imports.flatMap(({ names }) => names.map(({ alias }) => alias)));
  for (const { kind, name } of drafts) if (kind === 'function' || kind === 'class') known.add(name);
  return passed.filter(({ name, offset }) => known.has(name) && !references.has(offset));
}

/** What a route gives its requests to, as calls of the route. */
function addHandlers(references: Reference[], { handlers = [], index }: DefinitionDraft): void {
  for (const { name, receiver, node } of handlers) {
    const position = positionOf(node);
    references.push({ kind: 'calls', name, receiver, enclosing: index, position, isHandler: true });
  }
}

/** Adds names, in source order, to the definitions they stand in. */
function addInnerNames(
  inner: Map<DefinitionDraft | null, Set<string>>,
  found: Iterable<{ readonly name: string; readonly offset: number }>,
  scopes: ScopeFinder,
): void {
  scopes.restart();
  for (const { name, offset } of found) {
    const draft = scopes.draftAround(offset);
    const names = inner.get(draft) ?? new Set();
    names.add(name);
    inner.set(draft, names);
  }
}

function localNames({ typedNames }: CollectedSyntax): { readonly name: string; readonly offset: number }[] {
  return [...typedNames.values()]
    .map(({ name, nameOffset }) => ({ name, offset: nameOffset }))
    .sort((a, b) => a.offset - b.offset);
}

function buildFlows({ flows }: CollectedSyntax, scopes: ScopeFinder): ValueFlow[] {
  scopes.restart();
  return [...flows]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, ...flow }) => {
      const around = scopes.draftOfName(offset);
      // A decorator that registers a route is still one of the function.
      const scope = flow.kind === 'decorated' && around?.kind === 'route' ? around.parent : around;
      return { ...flow, scope: scope === null ? -1 : representative(scope).index };
    });
}
