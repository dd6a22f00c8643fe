import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration, ImportedName } from '../../language.ts';
import { cleanDocstring } from '../../tree-sitter/documentation.ts';
import { pythonFrameworks } from '../../frameworks/python-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const PROPERTY_DECORATOR = /^@(?:[\w.]*\.)?(?:property|cached_property|setter|getter|deleter|abstractproperty)\b/u;
const OVERLOAD_DECORATOR = /^@(?:[\w.]*\.)?overload\b/u;
const CONSTANT = /^_*[A-Z][A-Z0-9_]*$/u;

function decoratorTexts(definition: DefinitionSyntax): string[] {
  if (definition.outer.type !== 'decorated_definition') return [];
  return definition.outer.children.filter((child) => child.type === 'decorator').map((child) => child.text);
}

/** The class whose body a statement stands in directly. */
function isInClassBody(outer: SyntaxNode): boolean {
  const block = outer.parent;
  return block?.type === 'block' && block.parent?.type === 'class_definition';
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, name, kind } = definition;
  if (node.type === 'function_definition' && isInClassBody(definition.outer)) {
    if (name === '__init__') return { kind: 'constructor' };
    return { kind: decoratorTexts(definition).some((text) => PROPERTY_DECORATOR.test(text)) ? 'property' : 'method' };
  }
  if (kind === 'function' && node.type === 'assignment' && isInClassBody(definition.outer)) return { kind: 'method' };
  if (kind === 'variable') {
    if (node.childForFieldName('right')?.type === 'lambda') return { kind: 'function' };
    return CONSTANT.test(name) ? { kind: 'constant' } : {};
  }
  if (kind === 'field') {
    if (node.childForFieldName('right')?.type === 'lambda') return { kind: 'method' };
    if (CONSTANT.test(name)) return { kind: 'constant' };
  }
  return {};
}

function isExported({ name }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  return !name.startsWith('_') || /^__\w+__$/u.test(name);
}

function docstring(definition: DefinitionSyntax): string | null {
  const body = definition.node.childForFieldName('body');
  const statement = body?.namedChildren.find((child) => child.type !== 'comment') ?? docstringBelow(definition);
  const literal = statement?.type === 'expression_statement' ? statement.firstNamedChild : null;
  return literal?.type === 'string' ? cleanDocstring(literal.text) : null;
}

/** A string right below an assignment documents it. */
function docstringBelow(definition: DefinitionSyntax): SyntaxNode | null {
  if (definition.node.type !== 'assignment') return null;
  const next = definition.outer.nextSibling;
  return next !== null && next.startPosition.row === definition.outer.endPosition.row + 1 ? next : null;
}

function mergeRole(definition: DefinitionSyntax): 'declaration' | 'accessor' | null {
  if (definition.kind === 'property') return 'accessor';
  return decoratorTexts(definition).some((text) => OVERLOAD_DECORATOR.test(text)) ? 'declaration' : null;
}

function importedName(node: SyntaxNode): ImportedName {
  const name = node.childForFieldName('name')?.text ?? node.text;
  return { name, alias: node.childForFieldName('alias')?.text ?? name };
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const position = positionOf(node);
  if (node.type === 'import_statement') {
    return node.namedChildren
      .filter((child) => child.type === 'dotted_name' || child.type === 'aliased_import')
      .map((child) => {
        const { name, alias } = importedName(child);
        return { specifier: name, names: [{ name: '*', alias }], reexport: false, position };
      });
  }
  const module = node.childForFieldName('module_name');
  const specifier = node.type === 'future_import_statement' ? '__future__' : (module?.text.replace(/\s+/gu, '') ?? '');
  const names: ImportedName[] = [];
  let afterImport = false;
  for (const child of node.children) {
    if (child.type === 'import') afterImport = true;
    else if (!afterImport) continue;
    else if (child.type === 'wildcard_import') names.push({ name: '*', alias: '*' });
    else if (child.type === 'dotted_name' || child.type === 'aliased_import') names.push(importedName(child));
  }
  return specifier === '' ? [] : [{ specifier, names, reexport: false, position }];
}

/** Rules of Python. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(['decorated_definition', 'expression_statement']),
  decoratorTypes: new Set(['decorator']),
  commentTypes: new Set(['comment']),
  returnTypeFields: ['return_type'],
  typeFields: ['type', 'return_type'],
  transparentTypes: new Set([
    'Optional',
    'typing.Optional',
    'Awaitable',
    'Type',
    'type',
    'ClassVar',
    'typing.ClassVar',
    'Final',
    'typing.Final',
    'Annotated',
  ]),
  quotedTypes: true,
  flowNotation: {
    lineComment: '#',
    idle: /^(?:[\d"'+~-]|[rRbBuUfF]{1,2}["']|(?:True|False|None|\.\.\.)$|not\b|(?:str|int|float|bool|len|repr|bytes|ord|chr|hash|id|isinstance|issubclass|hasattr|callable|any|all|sum|abs|round|open|range|format|input|print)\s*\()/u,
    lambda: /^lambda\b/u,
  },
  frameworks: pythonFrameworks,
  refine,
  isExported,
  docstring,
  mergeRole,
  readImport,
};
