import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import type { SymbolKind } from '../../../graph/symbol.ts';
import type { SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import { scriptFrameworks } from '../../frameworks/script-routes.ts';
import { readExport, readImport } from './modules.ts';

const FUNCTION_VALUES: ReadonlySet<string> = new Set(['arrow_function', 'function_expression', 'generator_function']);
const SIGNATURES: ReadonlySet<string> = new Set(['function_signature', 'method_signature']);
const HIDDEN_MODIFIER = /^(?:(?:static|override|readonly|declare|abstract|async)\s+)*(?:private|protected)\s/u;

function hasChild(node: SyntaxNode, type: string): boolean {
  return node.children.some((child) => child.type === type);
}

function refineMethod(definition: DefinitionSyntax): DefinitionRefinement {
  if (definition.name === 'constructor' && definition.node.type !== 'pair') return { kind: 'constructor' };
  const isAccessor = hasChild(definition.node, 'get') || hasChild(definition.node, 'set');
  return isAccessor ? { kind: 'property' } : {};
}

/** What `a.b = function …` defines depends on what `a` is. */
function refineAssignment(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { owner, name } = definition;
  if (owner === 'this') return null;
  if (owner === 'module' && name === 'exports') {
    const own = definition.node.childForFieldName('right')?.childForFieldName('name')?.text;
    return { name: own ?? 'default', owner: '' };
  }
  if (owner === 'exports' || owner === 'module.exports') return { owner: '' };
  const kind: SymbolKind = definition.kind === 'class' ? 'class' : 'method';
  const target = owner.endsWith('.prototype') ? owner.slice(0, -'.prototype'.length) : owner;
  return /^[\w$.]+$/u.test(target) ? { kind, owner: target } : null;
}

/** `exports.a = b` names what is defined elsewhere; anything else it is given is defined there. */
function refineExportedValue(definition: DefinitionSyntax): DefinitionRefinement | null {
  const value = definition.node.childForFieldName('right')?.type ?? '';
  return /^(?:identifier|member_expression|assignment_expression|unary_expression|call_expression)$/u.test(value)
    ? null
    : {};
}

/** `const x = require('y')` is an import. */
function isModuleLoad(value: SyntaxNode | null): boolean {
  let node = value;
  while (node?.type === 'await_expression' || node?.type === 'member_expression') node = node.firstNamedChild;
  if (node?.type !== 'call_expression') return false;
  const callee = node.childForFieldName('function');
  return callee?.type === 'import' || (callee?.type === 'identifier' && callee.text === 'require');
}

function refineVariable(definition: DefinitionSyntax): DefinitionRefinement | null {
  if (isModuleLoad(definition.node.childForFieldName('value'))) return null;
  return definition.node.parent?.firstChild?.type === 'const' ? { kind: 'constant' } : {};
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, kind } = definition;
  switch (node.type) {
    case 'method_definition':
    case 'method_signature':
    case 'abstract_method_signature':
      return refineMethod(definition);
    case 'export_statement': {
      const isClass = node.childForFieldName('value')?.type === 'class';
      return { name: 'default', kind: isClass ? 'class' : 'function' };
    }
    case 'assignment_expression':
      if (kind === 'constant') return refineExportedValue(definition);
      return definition.owner === '' ? {} : refineAssignment(definition);
    case 'public_field_definition':
    case 'field_definition': {
      const value = node.childForFieldName('value');
      return value !== null && FUNCTION_VALUES.has(value.type) ? { kind: 'method' } : {};
    }
    case 'variable_declarator':
      return kind === 'variable' ? refineVariable(definition) : {};
    default:
      return {};
  }
}

function isExported(definition: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  if (parentKind === 'class') {
    return !definition.name.startsWith('#') && !HIDDEN_MODIFIER.test(definition.node.text.slice(0, 100));
  }
  if (parentKind !== null && parentKind !== 'namespace') return true;
  if (definition.node.type === 'assignment_expression') {
    const target = definition.node.childForFieldName('left')?.text ?? '';
    return target.startsWith('exports.') || target.startsWith('module.exports');
  }
  return definition.outer.type === 'export_statement' || isInExport(definition.node);
}

/** `export const a = 1, b = 2`: the statement is not the range of either, but exports both. */
function isInExport(node: SyntaxNode): boolean {
  return node.parent?.parent?.type === 'export_statement';
}

/** The function an interface with a call signature is, as a type. */
function declaredType({ node }: DefinitionSyntax): string | undefined {
  if (node.type !== 'interface_declaration') return undefined;
  const body = node.childForFieldName('body');
  const signature = body?.namedChildren.find(({ type }) => type === 'call_signature');
  const parameters = signature?.childForFieldName('parameters')?.text;
  const result = signature?.childForFieldName('return_type')?.text.replace(/^:\s*/u, '') ?? 'unknown';
  return parameters === undefined ? undefined : `${parameters} => ${result}`;
}

function mergeRole(definition: DefinitionSyntax): 'declaration' | 'accessor' | null {
  if (definition.kind === 'property' && definition.node.type === 'method_definition') return 'accessor';
  return SIGNATURES.has(definition.node.type) ? 'declaration' : null;
}

function bodyOf(definition: DefinitionSyntax): SyntaxNode | null {
  if (definition.node.type === 'type_alias_declaration') {
    const value = definition.node.childForFieldName('value');
    return value?.type === 'object_type' ? value : null;
  }
  return null;
}

/** Rules of JavaScript, TypeScript and TSX. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set([
    'export_statement',
    'lexical_declaration',
    'variable_declaration',
    'ambient_declaration',
    'expression_statement',
  ]),
  decoratorTypes: new Set(['decorator']),
  moduleLoad: /^(?:await\s+)?(?:require|import)\s*\(/u,
  commentTypes: new Set(['comment', 'html_comment']),
  returnTypeFields: ['return_type'],
  typeFields: ['type', 'return_type'],
  wholeTypes: true,
  transparentTypes: new Set([
    'Promise',
    'PromiseLike',
    'Awaited',
    'Array',
    'ReadonlyArray',
    'Readonly',
    'Partial',
    'Required',
    'NonNullable',
  ]),
  frameworks: scriptFrameworks,
  refine,
  isExported,
  mergeRole,
  declaredType,
  bodyOf,
  readImport,
  readExport,
};
