import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { csharpFrameworks } from '../../frameworks/csharp-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

/** Types that stand for their argument: what is awaited, or may be missing. */
const WRAPPERS: ReadonlySet<string> = new Set(['Task', 'ValueTask', 'Nullable']);

/** Types that hold values of their last argument. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'ConcurrentBag',
  'ConcurrentDictionary',
  'ConcurrentQueue',
  'Dictionary',
  'HashSet',
  'IAsyncEnumerable',
  'ICollection',
  'IDictionary',
  'IEnumerable',
  'IEnumerator',
  'IList',
  'IReadOnlyCollection',
  'IReadOnlyDictionary',
  'IReadOnlyList',
  'ISet',
  'ImmutableArray',
  'ImmutableList',
  'LinkedList',
  'List',
  'Memory',
  'ObservableCollection',
  'Queue',
  'ReadOnlyCollection',
  'ReadOnlyMemory',
  'ReadOnlySpan',
  'SortedDictionary',
  'SortedList',
  'SortedSet',
  'Span',
  'Stack',
]);

const MAX_TYPE_LENGTH = 400;
const MAX_NESTING = 10;

/** The last of the type arguments of `Name<…>`. */
function lastArgument(list: string): string {
  let depth = 0;
  for (let at = list.length - 1; at >= 0; at--) {
    const character = list.charAt(at);
    if (character === '>' || character === ')' || character === ']') depth++;
    else if (character === '<' || character === '(' || character === '[') depth--;
    else if (character === ',' && depth === 0) return list.slice(at + 1);
  }
  return list;
}

/** A type in the notation that resolution reads: without modifiers and `?`, what holds a value as a list of it. */
function canonicalType(text: string, nesting = 0): string {
  if (text.length > MAX_TYPE_LENGTH || nesting > MAX_NESTING) return '';
  const type = text
    .trim()
    .replace(/^(?:(?:ref|readonly|scoped|in|out|params)\s+)+/u, '')
    .replace(/^global\s*::\s*/u, '')
    .replace(/[?\s]+$/u, '');
  const array = /^(.*\S)\s*\[[\s,]*\]$/su.exec(type)?.[1];
  if (array !== undefined) return listOf(array, nesting);
  if (type.startsWith('(') || type.endsWith('*')) return '';
  const generic = /^([\w.\s]+?)\s*<(.*)>$/su.exec(type);
  if (generic === null) return type;
  const [, head = '', list = ''] = generic;
  const name = head.slice(head.lastIndexOf('.') + 1).trim();
  if (WRAPPERS.has(name)) return canonicalType(lastArgument(list), nesting + 1);
  return CONTAINERS.has(name) ? listOf(lastArgument(list), nesting) : type;
}

function listOf(type: string, nesting: number): string {
  const element = canonicalType(type, nesting + 1);
  return element === '' ? '' : `${element}[]`;
}

function modifiersOf(node: SyntaxNode): string {
  return node.children.flatMap((child) => (child.type === 'modifier' ? [child.text] : [])).join(' ');
}

/** The declaration that bears the modifiers: that of a field stands around its names. */
function declarationOf(node: SyntaxNode): SyntaxNode {
  return node.type === 'variable_declarator' ? (node.parent?.parent ?? node) : node;
}

function refine({ kind, node }: DefinitionSyntax): DefinitionRefinement | null {
  switch (node.type) {
    case 'operator_declaration':
      return { name: `operator ${node.childForFieldName('operator')?.text ?? ''}` };
    case 'conversion_operator_declaration':
      return { name: `operator ${node.childForFieldName('type')?.text ?? ''}` };
    case 'destructor_declaration':
      return { name: `~${node.childForFieldName('name')?.text ?? ''}` };
    case 'indexer_declaration':
      return { name: 'this[]' };
    default:
      return kind === 'field' && /\bconst\b/u.test(modifiersOf(declarationOf(node))) ? { kind: 'constant' } : {};
  }
}

/** What other assemblies can use; all of an interface and an enum; namespaces are no matter of visibility. */
function isExported({ node, kind }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  if (kind === 'namespace' || node.type === 'enum_member_declaration' || node.type === 'parameter') return true;
  const modifiers = modifiersOf(declarationOf(node));
  if (/\bpublic\b|\bprotected\b/u.test(modifiers)) return true;
  return parentKind === 'interface' && !/\bprivate\b/u.test(modifiers);
}

/** A field is shown with its modifiers and type; of several in one declaration, the first. */
function signatureStart({ node: name }: DefinitionSyntax): number {
  const isFirst = name.type === 'variable_declarator' && name.previousSibling?.type !== ',';
  const node = (isFirst ? name.parent?.parent : null) ?? name;
  const first = node.children.find((child) => child.type !== 'attribute_list');
  return (first ?? node).startIndex;
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  return (
    node.childForFieldName('body') ?? node.childForFieldName('accessors') ?? node.childForFieldName('value') ?? null
  );
}

/** What a delegate returns is not what it is another name of. */
function typeText(node: SyntaxNode): string {
  return node.parent?.type === 'delegate_declaration' ? '' : node.text;
}

/** `using A.B;`, `using static A.B;`, `using C = A.B;`: with `global`, for all files of the project. */
function readImport(node: SyntaxNode): readonly ImportDeclaration[] {
  const isGlobal = node.children.some((child) => child.type === 'global');
  const alias = node.childForFieldName('name');
  const target = node.namedChildren.findLast((child) => child.startIndex !== alias?.startIndex);
  const path = (target?.text ?? '').replace(/\s+/gu, '').replace(/^global::/u, '');
  if (path === '') return [];
  const specifier = isGlobal ? `global::${path}` : path;
  const name = alias?.text ?? '*';
  return [{ specifier, names: [{ name: '*', alias: name }], reexport: false, position: positionOf(node) }];
}

/** Rules of C#. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['comment']),
  transparentTypes: new Set(),
  returnTypeFields: ['returns', 'type'],
  typeFields: ['type'],
  frameworks: csharpFrameworks,
  refine,
  isExported,
  canonicalType,
  typeText,
  signatureStart,
  bodyOf,
  readImport,
};
