import type { ExportAlias, ImportDeclaration, ImportedName } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { ExportSyntax } from '../../tree-sitter/syntax-rules.ts';

function unquote(literal: string): string {
  return literal.replace(/^['"`]/u, '').replace(/['"`]$/u, '');
}

const nameText = (node: SyntaxNode): string => unquote(node.text);

function declarationOf(
  node: SyntaxNode,
  specifier: SyntaxNode,
  names: ImportedName[],
  reexport = false,
): ImportDeclaration {
  return { specifier: unquote(specifier.text), names, reexport, position: positionOf(node) };
}

/** Names of `{ a, b as c }`, of an import or an export clause. */
function clauseNames(clause: SyntaxNode): ImportedName[] {
  const names: ImportedName[] = [];
  for (const specifier of clause.namedChildren) {
    const name = specifier.childForFieldName('name');
    if (name === null) continue;
    names.push({ name: nameText(name), alias: nameText(specifier.childForFieldName('alias') ?? name) });
  }
  return names;
}

function importedNames(statement: SyntaxNode): ImportedName[] {
  const names: ImportedName[] = [];
  const clause = statement.namedChildren.find((child) => child.type === 'import_clause');
  for (const part of clause?.namedChildren ?? []) {
    if (part.type === 'identifier') names.push({ name: 'default', alias: part.text });
    else if (part.type === 'named_imports') names.push(...clauseNames(part));
    else if (part.type === 'namespace_import') {
      const alias = part.namedChildren.find((child) => child.type === 'identifier');
      if (alias !== undefined) names.push({ name: '*', alias: alias.text });
    }
  }
  return names;
}

/** `import x = require("y")`. */
function readImportRequire(statement: SyntaxNode): ImportDeclaration[] {
  const clause = statement.namedChildren.find((child) => child.type === 'import_require_clause');
  const source = clause?.childForFieldName('source') ?? null;
  const name = clause?.namedChildren.find((child) => child.type === 'identifier');
  if (source === null || name === undefined) return [];
  return [declarationOf(statement, source, [{ name: '*', alias: name.text }])];
}

/** Names bound by the declarator around `require(…)` or `import(…)`. */
function boundNames(call: SyntaxNode): ImportedName[] {
  let value = call;
  while (value.parent?.type === 'await_expression' || value.parent?.type === 'parenthesized_expression')
    value = value.parent;
  const around = value.parent;
  if (around?.type === 'member_expression') {
    const property = around.childForFieldName('property');
    const name = around.parent?.type === 'variable_declarator' ? around.parent.childForFieldName('name') : null;
    return property !== null && name?.type === 'identifier' ? [{ name: property.text, alias: name.text }] : [];
  }
  const pattern = around?.type === 'variable_declarator' ? around.childForFieldName('name') : null;
  if (pattern === null) return [];
  if (pattern.type === 'identifier') return [{ name: '*', alias: pattern.text }];
  const names: ImportedName[] = [];
  for (const part of pattern.type === 'object_pattern' ? pattern.namedChildren : []) {
    if (part.type === 'shorthand_property_identifier_pattern') names.push({ name: part.text, alias: part.text });
    const key = part.childForFieldName('key');
    const alias = part.childForFieldName('value');
    if (key !== null && alias?.type === 'identifier') names.push({ name: nameText(key), alias: alias.text });
  }
  return names;
}

/** Reads an import statement, or a `require` or dynamic `import` of a literal. */
export function readImport(node: SyntaxNode): ImportDeclaration[] {
  if (node.type === 'call_expression') {
    const source = node.childForFieldName('arguments')?.firstNamedChild ?? null;
    return source?.type === 'string' ? [declarationOf(node, source, boundNames(node))] : [];
  }
  const source = node.childForFieldName('source');
  return source === null ? readImportRequire(node) : [declarationOf(node, source, importedNames(node))];
}

/** Names of `export … from`. */
function reexportedNames(statement: SyntaxNode): ImportedName[] {
  for (const child of statement.namedChildren) {
    if (child.type === 'export_clause') return clauseNames(child);
    if (child.type === 'namespace_export') {
      const alias = child.namedChildren.at(-1);
      return alias === undefined ? [] : [{ name: '*', alias: nameText(alias) }];
    }
  }
  return [{ name: '*', alias: '*' }];
}

function defaultExport(statement: SyntaxNode): ExportAlias[] {
  const value = statement.childForFieldName('value');
  const declaration = statement.childForFieldName('declaration');
  if (value?.type === 'identifier') return [{ exported: 'default', local: value.text }];
  const name = declaration?.childForFieldName('name')?.text;
  if (name !== undefined) return [{ exported: 'default', local: name }];
  return value === null && declaration === null ? [] : [{ exported: 'default', local: 'default' }];
}

/** `module.exports = …`, `exports.a = …`. */
function readCommonJs(assignment: SyntaxNode): ExportAlias[] {
  const left = assignment.childForFieldName('left')?.text ?? '';
  const right = assignment.childForFieldName('right');
  if (right === null) return [];
  const isWhole = left === 'module.exports';
  const exported = isWhole ? 'default' : /^(?:module\.)?exports\.([\w$]+)$/u.exec(left)?.[1];
  if (exported === undefined) return [];
  if (isWhole && right.type === 'object') return objectExports(right);
  if (right.type === 'identifier') return [{ exported, local: right.text }];
  const name = right.childForFieldName('name')?.text;
  return isWhole && /function|class/u.test(right.type) ? [{ exported, local: name ?? 'default' }] : [];
}

function objectExports(object: SyntaxNode): ExportAlias[] {
  const aliases: ExportAlias[] = [];
  for (const entry of object.namedChildren) {
    if (entry.type === 'shorthand_property_identifier') aliases.push({ exported: entry.text, local: entry.text });
    const key = entry.type === 'pair' ? entry.childForFieldName('key') : null;
    const value = entry.type === 'pair' ? entry.childForFieldName('value') : null;
    if (key !== null && value?.type === 'identifier') aliases.push({ exported: nameText(key), local: value.text });
    else if (key !== null && value !== null && /function/u.test(value.type)) {
      aliases.push({ exported: nameText(key), local: nameText(key) });
    }
    const method = entry.type === 'method_definition' ? entry.childForFieldName('name') : null;
    if (method !== null) aliases.push({ exported: nameText(method), local: nameText(method) });
  }
  return aliases;
}

/** Reads an export statement, or an assignment to `module.exports` or `exports`. */
export function readExport(node: SyntaxNode): ExportSyntax {
  if (node.type === 'assignment_expression') return { aliases: readCommonJs(node), imports: [] };
  const source = node.childForFieldName('source');
  if (source !== null) return { aliases: [], imports: [declarationOf(node, source, reexportedNames(node), true)] };
  const clause = node.namedChildren.find((child) => child.type === 'export_clause');
  if (clause !== undefined) {
    return { aliases: clauseNames(clause).map(({ name, alias }) => ({ exported: alias, local: name })), imports: [] };
  }
  const tokens = node.children.map((child) => child.type);
  if (tokens.includes('default')) return { aliases: defaultExport(node), imports: [] };
  if (tokens.includes('=')) {
    const value = node.namedChildren.find((child) => child.type === 'identifier');
    return { aliases: value === undefined ? [] : [{ exported: 'default', local: value.text }], imports: [] };
  }
  return { aliases: [], imports: [] };
}
