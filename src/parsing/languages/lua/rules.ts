import type { ExportAlias, ImportDeclaration, ImportedName } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type {
  DefinitionRefinement,
  DefinitionSyntax,
  ExportSyntax,
  SyntaxRules,
} from '../../tree-sitter/syntax-rules.ts';

/** A table is taken for a class or module where one of so many statements below it gives it a function. */
const MAX_STATEMENTS = 40;

/** Names that are given to tables with functions only. */
const CLASS_NAME = /^(?:_?M|[A-Z]\w*[a-z]\w*)$/u;

/** Calls that make a class, in the libraries most used. */
const CLASS_CALL = /^(?:setmetatable|class|[\w.]*[cC]lass|\w[\w.]*[:.](?:extend|subclass|derive|inherit))\s*[({"']/u;

/** The expression a statement assigns, where it is one. */
function valueOf(statement: SyntaxNode): SyntaxNode | null {
  const list = statement.namedChildren.find(({ type }) => type === 'expression_list');
  return list?.namedChildCount === 1 ? list.firstNamedChild : null;
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, name, kind } = definition;
  const owner = definition.owner.replace(/\s+/gu, '').replace(/:/gu, '.');
  if (kind === 'function' || kind === 'method')
    return owner === '' ? {} : { kind: 'method', owner: owner.replace(/^_G\./u, '') };
  if (node.type !== 'assignment_statement') return {};
  const value = valueOf(node);
  if (value !== null && /^require\b/u.test(value.text.slice(0, 20))) return null;
  return isClass(node, name, value) ? { kind: 'class' } : {};
}

/** Lua has no classes but tables that are used as such. */
function isClass(node: SyntaxNode, name: string, value: SyntaxNode | null): boolean {
  if (value?.type === 'function_call') return CLASS_CALL.test(value.text.slice(0, 100));
  if (value?.type !== 'table_constructor') return false;
  if (CLASS_NAME.test(name)) return true;
  const given = new RegExp(
    String.raw`^(?:function\s+)?${name}\s*[.:]\s*[\w.]+\s*(?:\(|=\s*(?:function\b|${name}\b))`,
    'u',
  );
  let next = (node.parent?.type === 'variable_declaration' ? node.parent : node).nextSibling;
  for (let count = 0; next !== null && count < MAX_STATEMENTS; count++, next = next.nextSibling) {
    if (/^(?:function_declaration|assignment_statement)$/u.test(next.type) && given.test(next.text.slice(0, 200)))
      return true;
  }
  return false;
}

/** What is not `local` can be seen everywhere; what belongs to a table goes with it. */
function isExported({ node, kind }: DefinitionSyntax): boolean {
  if (kind === 'method' || kind === 'field') return true;
  return node.firstChild?.type !== 'local' && node.parent?.type !== 'variable_declaration';
}

/** Name of the module a `require` loads, where it is written out. */
function requiredModule(call: SyntaxNode): string {
  const [argument] = call.childForFieldName('arguments')?.namedChildren ?? [];
  return argument?.type === 'string' ? argument.text.replace(/^\[=*\[|\]=*\]$|^["']|["']$/gu, '') : '';
}

/** `local pool = require 'db.pool'`, `local open = require('db.pool').open`, `require 'side.effects'`. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const specifier = requiredModule(node);
  if (specifier === '') return [];
  const position = positionOf(node);
  const names = importedNames(node);
  return [{ specifier, names, reexport: false, position }];
}

function importedNames(call: SyntaxNode): ImportedName[] {
  let name = 'default';
  let value: SyntaxNode = call;
  if (value.parent?.type === 'dot_index_expression') {
    value = value.parent;
    name = value.childForFieldName('field')?.text ?? '';
  }
  const list = value.parent;
  const statement = list?.type === 'expression_list' ? list.parent : null;
  if (statement?.type !== 'assignment_statement' || list === null) return [];
  const at = list.namedChildren.findIndex(({ startIndex }) => startIndex === value.startIndex);
  const variable = statement.namedChildren[0]?.namedChildren[at];
  return variable?.type === 'identifier' && name !== '' ? [{ name, alias: variable.text }] : [];
}

/** The value a file returns is what `require` gives: a table by name, or one whose fields are the module's names. */
function readExport(node: SyntaxNode): ExportSyntax {
  const [list] = node.namedChildren;
  let value = list?.firstNamedChild ?? null;
  if (value?.type === 'function_call') value = value.childForFieldName('arguments')?.firstNamedChild ?? null;
  if (value?.type === 'identifier') return { aliases: [{ exported: 'default', local: value.text }], imports: [] };
  const aliases: ExportAlias[] = [];
  for (const field of value?.type === 'table_constructor' ? value.namedChildren : []) {
    const exported = field.childForFieldName('name')?.text ?? '';
    const local = field.childForFieldName('value');
    if (exported !== '' && local?.type === 'identifier') aliases.push({ exported, local: local.text });
  }
  return { aliases, imports: [] };
}

/** Rules of Lua. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(['variable_declaration']),
  decoratorTypes: new Set(),
  commentTypes: new Set(['comment']),
  sharesPackageScope: true,
  moduleLoad: /^require\b/u,
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  refine,
  isExported,
  readImport,
  readExport,
};
