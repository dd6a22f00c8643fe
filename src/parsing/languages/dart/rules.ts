import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration, ImportedName } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const TYPE_BODIES: ReadonlySet<string> = new Set(['class_body', 'extension_body', 'enum_body']);

const DECORATORS: ReadonlySet<string> = new Set(['annotation', 'marker_annotation']);
const COMMENTS: ReadonlySet<string> = new Set(['comment', 'documentation_comment']);

function refine({ node, outer }: DefinitionSyntax): DefinitionRefinement {
  if (node.type !== 'function_signature') return {};
  const around = outer.parent;
  return around !== null && TYPE_BODIES.has(around.type) ? { kind: 'method' } : {};
}

/** Names that start with `_` belong to their library. */
function isExported({ name }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  return !name.startsWith('_');
}

/** The body of a function stands behind its signature. */
function functionBody({ node, outer }: DefinitionSyntax): SyntaxNode | null {
  if (!node.type.endsWith('_signature')) return null;
  const next = outer.nextSibling;
  return next?.type === 'function_body' ? next : null;
}

function bodyOf(definition: DefinitionSyntax): SyntaxNode | null {
  const { node } = definition;
  if (node.type === 'mixin_declaration') return node.namedChildren.find(({ type }) => type === 'class_body') ?? null;
  return node.childForFieldName('body') ?? functionBody(definition);
}

/** A field is shown with its modifiers and type; of several in one declaration, the first. */
function signatureStart({ node, outer }: DefinitionSyntax): number {
  const item = node.type === 'identifier' ? node.parent : node;
  const list = item?.type === 'initialized_identifier' ? item.parent : null;
  const isFirst = list?.parent?.type === 'declaration' && list.firstNamedChild?.startIndex === node.startIndex;
  const shown = isFirst ? list.parent : outer;
  const first = shown.children.find(({ type }) => !DECORATORS.has(type) && !COMMENTS.has(type));
  return (first ?? shown).startIndex;
}

function mergeRole({ kind, node }: DefinitionSyntax): 'accessor' | null {
  return kind === 'property' && node.type.endsWith('etter_signature') ? 'accessor' : null;
}

/** A part is imported without a name: it is of the same library. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const written = /(["'])(.*?)\1/su.exec(node.text)?.[2];
  if (written === undefined) return [];
  const specifier = /^(?:[a-z]+:|\.\.?\/)/u.test(written) ? written : `./${written}`;
  const position = positionOf(node);
  if (node.type === 'part_directive') return [{ specifier, names: [], reexport: false, position }];
  const isReexport = node.type === 'library_export';
  const specification = node.namedChildren.find((child) => child.type === 'import_specification') ?? node;
  const prefix = specification.namedChildren.find((child) => child.type === 'identifier')?.text;
  const shown = specification.namedChildren
    .filter((child) => child.type === 'combinator' && child.text.startsWith('show'))
    .flatMap((child) => child.namedChildren.map(({ text }) => ({ name: text, alias: text })));
  return [{ specifier, names: importedNames(prefix, shown, isReexport), reexport: isReexport, position }];
}

function importedNames(prefix: string | undefined, shown: ImportedName[], isReexport: boolean): ImportedName[] {
  if (prefix !== undefined) return [{ name: '*', alias: prefix }];
  if (shown.length > 0) return shown;
  return isReexport ? [] : [{ name: '*', alias: '*' }];
}

/** Rules of Dart. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set([
    'method_signature',
    'declaration',
    'initialized_identifier_list',
    'static_final_declaration_list',
    'lambda_expression',
    'local_function_declaration',
  ]),
  decoratorTypes: DECORATORS,
  commentTypes: COMMENTS,
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(['Future', 'FutureOr']),
  refine,
  isExported,
  lastNode: functionBody,
  bodyOf,
  signatureStart,
  mergeRole,
  readImport,
};
