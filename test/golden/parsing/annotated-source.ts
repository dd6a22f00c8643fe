import type { Definition, ImportDeclaration, ParsedFile } from '../../../src/parsing/language.ts';

/**
 * Annotated source: source lines stand behind three spaces, what was found in a line stands below it in lines that
 * start with `//`, carets under the place. What has no place of its own stands at the end.
 */
const SOURCE_PREFIX = '   ';
const NOTE_PREFIX = '// ';

/** The source in an annotated file. */
export function sourceOf(annotated: string): string {
  return annotated
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .map((line) => line.slice(SOURCE_PREFIX.length))
    .join('\n');
}

interface Note {
  readonly line: number;
  readonly column: number;
  readonly width: number;
  readonly texts: readonly string[];
}

function definitionTexts(definition: Definition): string[] {
  const { kind, qualifiedName, exported, typeName, range, documentation, bases } = definition;
  const place = `to ${range.end.line + 1}:${range.end.column + 1}`;
  const texts = [
    `definition ${kind} ${qualifiedName}${exported ? ' exported' : ''}${typeName === undefined ? '' : `: ${typeName}`} ${place}`,
    `  signature ${definition.signature}`,
  ];
  if (documentation !== '') texts.push(`  documentation ${JSON.stringify(documentation)}`);
  for (const base of bases)
    texts.push(`  ${base.kind} ${base.name} at ${base.position.line + 1}:${base.position.column + 1}`);
  return texts;
}

function importText({ specifier, names, reexport }: ImportDeclaration): string {
  const list = names.map(({ name, alias }) => (name === alias ? name : `${name} as ${alias}`)).join(', ');
  return `${reexport ? 'export from' : 'import'} ${specifier} {${list}}`;
}

/** The definition a scope is, or the block and what it stands in. */
function scopeText({ definitions, blocks }: ParsedFile, scope: number): string {
  if (scope >= -1) return definitions[scope]?.qualifiedName ?? 'file';
  let around = scope;
  while (around < -1) around = blocks?.[-2 - around] ?? -1;
  return `block ${-1 - scope} in ${definitions[around]?.qualifiedName ?? 'file'}`;
}

function notesOf(file: ParsedFile): Note[] {
  const nameOf = (index: number): string => file.definitions[index]?.qualifiedName ?? 'file';
  return [
    ...file.imports.map((found) => ({ ...found.position, width: 1, texts: [importText(found)] })),
    ...file.definitions.map((found) => ({ ...found.range.start, width: 1, texts: definitionTexts(found) })),
    ...file.references.map(({ kind, name, receiver, enclosing, position }) => ({
      ...position,
      width: name.length,
      texts: [`${kind} ${receiver === null ? '' : `[${receiver}].`}${name} in ${nameOf(enclosing)}`],
    })),
  ];
}

function indentTo(column: number, line: string): string {
  return line.slice(0, column).replace(/[^\t]/gu, ' ');
}

/** The annotated form of a parsed file. */
export function annotate(source: string, file: ParsedFile): string {
  const notes = notesOf(file);
  const output: string[] = [];
  for (const [number, line] of source.split('\n').entries()) {
    output.push(line === '' ? '' : SOURCE_PREFIX + line);
    for (const { column, width, texts } of notes.filter((note) => note.line === number)) {
      const indent = NOTE_PREFIX + indentTo(column, line);
      for (const [index, text] of texts.entries()) {
        output.push(`${indent}${index === 0 ? '^'.repeat(width) : ' '.repeat(width)} ${text}`);
      }
    }
  }
  while (output.at(-1) === '') output.pop();
  if (file.packageName !== '') output.push(`// package ${file.packageName}`);
  for (const { exported, local } of file.exportAliases) output.push(`// exports ${local} as ${exported}`);
  for (const { name, typeName, scope } of file.typedNames) {
    output.push(`// type ${name}: ${typeName} in ${scopeText(file, scope)}`);
  }
  for (const { severity, code, line } of file.diagnostics) output.push(`// ${severity} ${code} at line ${line ?? '?'}`);
  return `${output.join('\n')}\n`;
}
