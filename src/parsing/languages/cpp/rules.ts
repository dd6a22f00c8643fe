import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import { readDeclarator } from '../c/declarators.ts';
import { withoutDirectives } from '../c/preprocessor.ts';
import { isStatic, readInclude, rules as cRules } from '../c/rules.ts';

/** Access is looked up for classes up to this size: the time grows with its square. */
const MAX_MEMBERS_WITH_ACCESS = 300;

/** Macros of GoogleTest and Catch that define a test: the name is in the arguments. */
const TEST_MACRO = /^(?:TYPED_)?TEST(?:_[FP])?$/u;

/** A test that a macro defines: `TEST_F(PoolTest, Acquires) {`. */
function testName(node: SyntaxNode): string | null {
  const declarator = node.childForFieldName('declarator');
  if (
    declarator?.type !== 'function_declarator' ||
    !TEST_MACRO.test(declarator.childForFieldName('declarator')?.text ?? '')
  )
    return null;
  const [suite, name] = declarator.childForFieldName('parameters')?.namedChildren ?? [];
  return suite === undefined || name === undefined ? null : `${suite.text}.${name.text}`;
}

/** Scopes of a qualified name without template arguments: `db::Pool<T>::acquire` is `acquire` of `db.Pool`. */
function splitQualified(name: SyntaxNode): { readonly owner: string; readonly name: string } {
  const scopes: string[] = [];
  let last = name;
  while (last.type === 'qualified_identifier') {
    const scope = last.childForFieldName('scope');
    if (scope !== null) scopes.push(bareName(scope));
    const next = last.childForFieldName('name');
    if (next === null) break;
    last = next;
  }
  return { owner: scopes.join('.'), name: bareName(last) };
}

function bareName(node: SyntaxNode): string {
  if (node.type === 'template_type' || node.type === 'template_function')
    return node.childForFieldName('name')?.text ?? node.text;
  if (node.type === 'operator_cast') return node.text.replace(/\s*\([^]*$/u, '').replace(/\s+/gu, ' ');
  return node.text.replace(/^(operator)\s+(?=\W)/u, '$1').replace(/^~\s+/u, '~');
}

/** The class around a member, templates between them aside. */
function enclosingClass(node: SyntaxNode): SyntaxNode | null {
  const parent = node.parent?.type === 'template_declaration' ? node.parent.parent : node.parent;
  return parent?.type === 'field_declaration_list' ? parent.parent : null;
}

function refineCallable(name: SyntaxNode, node: SyntaxNode): DefinitionRefinement {
  const { owner, name: bare } = splitQualified(name);
  const type = owner === '' ? bareClassName(enclosingClass(node)) : owner.slice(owner.lastIndexOf('.') + 1);
  if (type === null) return { kind: 'function', name: bare };
  return { kind: bare === type ? 'constructor' : 'method', name: bare, owner };
}

function bareClassName(type: SyntaxNode | null): string | null {
  const name = type?.childForFieldName('name') ?? null;
  return type === null ? null : name === null ? '' : bareName(name);
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, kind } = definition;
  if (kind === 'namespace') return { name: definition.name.replace(/\s*::\s*(?:inline\s+)?/gu, '.') };
  if (kind === 'class' || kind === 'struct' || node.type === 'enum_specifier')
    return { name: unqualified(definition.name), owner: ownerOf(definition.name) };
  if (node.type === 'alias_declaration' || node.type === 'concept_definition') return {};
  if (node.type === 'function_definition' && kind === 'function') {
    const test = testName(node);
    if (test !== null) return { name: test };
  }
  const declarator = declaratorNode(definition);
  const declared = declarator === null ? null : readDeclarator(declarator);
  const isCallable = declared?.isFunction === true && kind !== 'type' && kind !== 'constant';
  // A deduction guide and a member pointer declare nothing of their own.
  if (isCallable && !node.children.some(({ type }) => type === 'friend')) return refineCallable(declared.name, node);
  if (kind === 'variable' && declared?.name.type === 'qualified_identifier') return null;
  return cRules.refine?.(definition) ?? null;
}

const withoutTemplate = (name: string): string => name.replace(/\s*<.*/su, '');

/** `struct Pool::Slot {` defines `Slot` of `Pool`; a specialization has the name of its template. */
const unqualified = (name: string): string => withoutTemplate(name).replace(/^.*::\s*/su, '');

const ownerOf = (name: string): string => {
  const bare = withoutTemplate(name);
  const end = bare.lastIndexOf('::');
  return end < 0 ? '' : bare.slice(0, end).replace(/\s*::\s*/gu, '.');
};

function declaratorNode({ node, name }: DefinitionSyntax): SyntaxNode | null {
  if (node.type === 'function_definition') return node.childForFieldName('declarator');
  if (node.type !== 'declaration' && node.type !== 'field_declaration') return node;
  return node.namedChildren.find((child) => child.text === name) ?? null;
}

/** `private:` above a member; of a class without any, all is private. */
function isPrivate(node: SyntaxNode): boolean {
  const outer = node.parent?.type === 'template_declaration' ? node.parent : node;
  const list = outer.parent;
  if (list?.type !== 'field_declaration_list' || list.namedChildCount > MAX_MEMBERS_WITH_ACCESS) return false;
  let access = list.parent?.type === 'class_specifier' ? 'private' : 'public';
  for (const child of list.children) {
    if (child.startIndex >= outer.startIndex) break;
    if (child.type === 'access_specifier') access = child.text;
  }
  return access.startsWith('private');
}

/** What stands in a nameless namespace is its file's own. */
function isInNamelessNamespace(node: SyntaxNode): boolean {
  const outer = node.parent?.type === 'template_declaration' ? node.parent : node;
  const namespace = outer.parent?.parent;
  return namespace?.type === 'namespace_definition' && namespace.childForFieldName('name') === null;
}

function isExported(definition: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  const { node, kind, owner } = definition;
  if (parentKind === 'class' || parentKind === 'struct') return !isPrivate(node);
  if (isInNamelessNamespace(node)) return false;
  // `static` before a method says something else.
  if (kind === 'method' || kind === 'namespace' || owner !== '') return true;
  return !((node.type === 'declaration' || node.type === 'function_definition') && isStatic(node));
}

/** Declarations of methods yield to definitions in the same file, those outside of the class included. */
function mergeRole({ node, kind }: DefinitionSyntax): 'declaration' | 'accessor' | null {
  if (node.type === 'preproc_function_def') return 'accessor';
  const isDeclaration = node.type === 'declaration' || node.type === 'field_declaration';
  return isDeclaration && (kind === 'function' || kind === 'method' || kind === 'constructor') ? 'declaration' : null;
}

/** `using namespace db` brings in all of it, `using db::Pool` one name, `namespace fs = std::filesystem` another name. */
function readUsing(node: SyntaxNode): ImportDeclaration[] {
  const position = positionOf(node);
  const path =
    (node.type === 'namespace_alias_definition' ? node.namedChildren.at(-1) : node.namedChildren[0])?.text.replace(
      /\s+/gu,
      '',
    ) ?? '';
  const specifier = `::${path.replace(/^::/u, '')}`;
  if (node.type === 'namespace_alias_definition') {
    const alias = node.childForFieldName('name')?.text ?? '';
    return alias === '' ? [] : [{ specifier, names: [{ name: '*', alias }], reexport: false, position }];
  }
  if (node.children.some(({ type }) => type === 'namespace')) {
    return [{ specifier, names: [{ name: '*', alias: '*' }], reexport: false, position }];
  }
  const end = specifier.lastIndexOf('::');
  const name = specifier.slice(end + 2);
  if (end <= 0 || !/^\w+$/u.test(name)) return [];
  return [{ specifier: specifier.slice(0, end), names: [{ name, alias: name }], reexport: false, position }];
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  return node.type === 'preproc_include' ? readInclude(node) : readUsing(node);
}

/** Rules of C++: those of C, and classes, namespaces and names that say where they belong. */
export const rules: SyntaxRules = {
  ...cRules,
  wrapperTypes: new Set(['template_declaration']),
  transparentTypes: new Set(['unique_ptr', 'shared_ptr', 'weak_ptr', 'optional']),
  prepareText: (text) => withoutDirectives(text, { isCpp: true }),
  refine,
  isExported,
  mergeRole,
  readImport,
};
