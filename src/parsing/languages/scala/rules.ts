import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration, ImportedName } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const CLASS_BODIES: ReadonlySet<string> = new Set(['template_body', 'enum_body', 'with_template_body']);
const VALUE_DEFINITIONS: ReadonlySet<string> = new Set(['val_definition', 'var_definition']);
const CONSTANT = /^[A-Z][A-Z0-9_]+$/u;

const isInClass = (node: SyntaxNode): boolean => node.parent !== null && CLASS_BODIES.has(node.parent.type);

function modifierText(node: SyntaxNode): string {
  return node.children.find((child) => child.type === 'modifiers')?.text ?? '';
}

function refine({ name, node }: DefinitionSyntax): DefinitionRefinement {
  if (node.type === 'function_definition' || node.type === 'function_declaration') {
    if (name === 'this') return { kind: 'constructor' };
    return isInClass(node) ? { kind: 'method' } : {};
  }
  if (!VALUE_DEFINITIONS.has(node.type)) return {};
  if (node.type === 'val_definition' && CONSTANT.test(name)) return { kind: 'constant' };
  return isInClass(node) ? {} : { kind: 'variable' };
}

/** Everything is public that is not marked otherwise. */
function isExported({ node }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  return !/\bprivate\b/u.test(modifierText(node));
}

/** Annotations stand in front. */
function signatureStart({ node }: DefinitionSyntax): number {
  const first = node.children.find((child) => child.type !== 'annotation');
  return (first ?? node).startIndex;
}

/** `import a.b.C`, `import a.b.{C, D => E, _}`. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const position = positionOf(node);
  const path: string[] = [];
  const result: ImportDeclaration[] = [];
  const add = (names: readonly ImportedName[]): void => {
    const prefix = path.join('.');
    for (const { name, alias } of names) {
      const specifier = name === '*' ? prefix : `${prefix}.${name}`;
      result.push({ specifier, names: [{ name, alias }], reexport: false, position });
    }
  };
  let isOpen = false;
  const close = (): void => {
    const name = path.pop();
    if (isOpen && name !== undefined) add([{ name, alias: name }]);
    path.length = 0;
    isOpen = false;
  };
  for (const child of node.children) {
    if (child.type === ',') close();
    else if (child.type === 'identifier' || child.type === 'operator_identifier') {
      path.push(child.text);
      isOpen = true;
    } else if (child.type === 'namespace_wildcard') {
      add([{ name: '*', alias: '*' }]);
      isOpen = false;
    } else if (child.type === 'namespace_selectors') {
      add(child.namedChildren.flatMap(selectedName));
      isOpen = false;
    } else if (child.type.endsWith('renamed_identifier')) {
      add(selectedName(child));
      isOpen = false;
    }
  }
  close();
  return result;
}

function selectedName(node: SyntaxNode): ImportedName[] {
  if (node.type === 'namespace_wildcard') return [{ name: '*', alias: '*' }];
  const name = node.childForFieldName('name')?.text ?? node.text;
  const alias = node.childForFieldName('alias')?.text ?? name;
  return alias === '_' ? [] : [{ name, alias }];
}

/** Rules of Scala. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  bareNamesAreCalls: true,
  commentTypes: new Set(['comment', 'block_comment']),
  returnTypeFields: ['return_type'],
  typeFields: ['type'],
  transparentTypes: new Set(),
  refine,
  isExported,
  signatureStart,
  readImport,
};
