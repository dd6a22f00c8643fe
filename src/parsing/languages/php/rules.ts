import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration, ImportedName } from '../../language.ts';
import { phpFrameworks } from '../../frameworks/php-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const OUTER_DECLARATIONS: ReadonlySet<string> = new Set(['property_element', 'const_element']);

/** The statement that has the modifiers. */
function declarationOf({ node }: DefinitionSyntax): SyntaxNode {
  return OUTER_DECLARATIONS.has(node.type) && node.parent !== null ? node.parent : node;
}

function refine({ kind, name }: DefinitionSyntax): DefinitionRefinement {
  return kind === 'method' && name === '__construct' ? { kind: 'constructor' } : {};
}

function isExported(definition: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  const modifier = declarationOf(definition).children.find((child) => child.type === 'visibility_modifier');
  return modifier?.text !== 'private';
}

/** Attributes stand in front. */
function signatureStart(definition: DefinitionSyntax): number {
  const node = declarationOf(definition);
  const first = node.children.find((child) => child.type !== 'attribute_list');
  return (first ?? node).startIndex;
}

/** `App\Util\Logger` without the separator in front: names of imports are always full. */
const fullName = (text: string): string => text.replace(/\s+/gu, '').replace(/^\\/u, '');

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1);
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  return node.type === 'namespace_use_declaration' ? readUse(node) : readInclude(node);
}

function readUse(node: SyntaxNode): ImportDeclaration[] {
  const position = positionOf(node);
  const group = node.childForFieldName('body');
  const prefix = group === null ? '' : node.namedChildren.find((child) => child.type === 'namespace_name')?.text;
  return (group ?? node).namedChildren
    .filter((child) => child.type === 'namespace_use_clause')
    .map((clause) => {
      const alias = clause.childForFieldName('alias')?.text;
      const target = clause.namedChildren.find((child) => child.type === 'qualified_name' || child.type === 'name');
      const written = fullName(target?.text ?? '');
      const specifier = prefix === '' || prefix === undefined ? written : `${fullName(prefix)}\\${written}`;
      const names: ImportedName[] = [{ name: lastSegment(specifier), alias: alias ?? lastSegment(specifier) }];
      return { specifier, names, reexport: false, position };
    });
}

/** The path a file includes: what follows `__DIR__`, or stands alone. */
function readInclude(node: SyntaxNode): ImportDeclaration[] {
  const path = /(?:^|[\s(.])(["'])([^"'$]+\.\w+)\1\s*\)*$/u.exec(node.text)?.[2];
  if (path === undefined) return [];
  const specifier = `./${path.replace(/^(?:\.?\/)+/u, '')}`;
  return [{ specifier, names: [], reexport: false, position: positionOf(node) }];
}

/** Rules of PHP. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['comment']),
  returnTypeFields: ['return_type'],
  typeFields: ['type'],
  transparentTypes: new Set(),
  frameworks: phpFrameworks,
  refine,
  isExported,
  signatureStart,
  readImport,
};
