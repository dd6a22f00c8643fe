import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { javaFrameworks } from '../../frameworks/java-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

function modifierText(node: SyntaxNode): string {
  return node.firstChild?.type === 'modifiers' ? node.firstChild.text : '';
}

function refine(definition: DefinitionSyntax): DefinitionRefinement {
  if (definition.kind !== 'field' || definition.node.type !== 'variable_declarator') return {};
  const declaration = definition.node.parent;
  const modifiers = declaration === null ? '' : modifierText(declaration);
  return /\bstatic\b/u.test(modifiers) && /\bfinal\b/u.test(modifiers) ? { kind: 'constant' } : {};
}

/** Public and protected is what other packages can use; all of an interface, an enum's constants, and record fields are. */
function isExported({ node }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  const isField = node.type === 'variable_declarator';
  const modifiers = modifierText(isField && node.parent !== null ? node.parent : node);
  if (/\bprivate\b/u.test(modifiers)) return false;
  if (/\b(?:public|protected)\b/u.test(modifiers)) return true;
  return parentKind === 'interface' || node.type === 'enum_constant' || node.type === 'formal_parameter';
}

/** Annotations stand among the modifiers. */
function signatureStart({ outer }: DefinitionSyntax): number {
  const first = outer.firstChild;
  if (first?.type !== 'modifiers') return outer.startIndex;
  const modifier = first.children.find((child) => !child.type.endsWith('annotation'));
  return (modifier ?? first.nextSibling ?? outer).startIndex;
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const target = node.namedChildren.find((child) => child.type === 'scoped_identifier' || child.type === 'identifier');
  if (target === undefined) return [];
  const path = target.text.replace(/\s+/gu, '');
  const position = positionOf(node);
  if (node.namedChildren.some((child) => child.type === 'asterisk')) {
    return [{ specifier: path, names: [{ name: '*', alias: '*' }], reexport: false, position }];
  }
  const dot = path.lastIndexOf('.');
  const name = path.slice(dot + 1);
  const isStatic = node.children.some((child) => child.type === 'static');
  // A static import names a member: the module is the class.
  return [
    { specifier: isStatic ? path.slice(0, dot) : path, names: [{ name, alias: name }], reexport: false, position },
  ];
}

/** Rules of Java. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(['field_declaration', 'constant_declaration']),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['line_comment', 'block_comment']),
  returnTypeFields: ['type'],
  typeFields: ['type'],
  transparentTypes: new Set(['Optional']),
  frameworks: javaFrameworks,
  refine,
  isExported,
  signatureStart,
  readImport,
};
