import type { SourcePosition } from '../../graph/source-range.ts';
import type { Definition, ImportDeclaration, Language, ParsedFile } from '../language.ts';
import { markupReferences } from './markup-references.ts';
import { readComponentBlocks, type ComponentBlocks } from './script-blocks.ts';

/** The languages scripts are written in. */
export interface ScriptLanguages {
  readonly javascript: Language;
  readonly typescript: Language;
  readonly tsx: Language;
}

/**
 * Single-file components (Vue, Svelte): the scripts are parsed by the language they are written in, in their place; the
 * component is a symbol of its own, the file's default export, and what its markup uses are references.
 */
export class ScriptBlockLanguage implements Language {
  readonly id: string;
  readonly #scripts: ScriptLanguages;

  constructor(id: string, scripts: ScriptLanguages) {
    this.id = id;
    this.#scripts = scripts;
  }

  parse(path: string, text: string): ParsedFile {
    const blocks = readComponentBlocks(text, this.id === 'vue');
    const file = this.#languageOf(blocks.lang).parse(path, blocks.script);
    const component = componentOf(path, text, blocks);
    const enclosing = file.definitions.length;
    const isRenamed = file.definitions.some(({ name, parent }) => parent === -1 && name === component.name);
    const definitions = isRenamed ? file.definitions : [...file.definitions, component];
    return {
      ...file,
      language: this.id,
      definitions,
      references: [...file.references, ...markupReferences(text, blocks.markup, file, isRenamed ? -1 : enclosing)],
      imports: [...file.imports, ...sourceImports(text, blocks)],
      exportAliases: [
        ...file.exportAliases.filter(({ exported }) => exported !== 'default'),
        { exported: 'default', local: component.name },
      ],
    };
  }

  #languageOf(lang: string): Language {
    if (lang === 'ts' || lang === 'typescript') return this.#scripts.typescript;
    return lang === 'tsx' || lang === 'jsx' ? this.#scripts.tsx : this.#scripts.javascript;
  }
}

/** The component has the name of its file, and stands where its markup does. */
function componentOf(path: string, text: string, { markup, script }: ComponentBlocks): Definition {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/u, '');
  const name = base.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/gu, (_, letter: string) => letter.toUpperCase());
  const code = script.search(/\S/u);
  const start = markup[0]?.start ?? Math.max(0, code < 0 ? 0 : text.lastIndexOf('<', code));
  const end = markup[0]?.end ?? (code < 0 ? text.length : code);
  return {
    kind: 'class',
    name,
    qualifiedName: name,
    parent: -1,
    range: { start: positionAt(text, start), end: positionAt(text, end), startOffset: start, endOffset: end },
    bodyOffset: start,
    signature: `component ${name}`,
    documentation: '',
    exported: true,
    bases: [],
  };
}

function sourceImports(text: string, { sources }: ComponentBlocks): ImportDeclaration[] {
  return sources.map(({ path, offset }) => ({
    specifier: path,
    names: [],
    reexport: true,
    position: positionAt(text, offset),
  }));
}

function positionAt(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length - 1, column: offset - lineStart };
}
