import type { ParsedFile, Reference } from '../language.ts';
import type { MarkupBlock } from './script-blocks.ts';

/** A tag that names a component: `<PoolList`. */
const COMPONENT_TAG = /<([A-Z][\w$]*)/g;
/** Where markup holds expressions: `{{ … }}`, `{ … }`, and the values of attributes that are bound. */
const EXPRESSION = /\{([^{}]{1,500})\}|(?:[:@#]|v-)[\w.:-]+\s*=\s*(?:"([^"]{1,500})"|'([^']{1,500})')/g;
const NAME = /(?<![\w$.])[A-Za-z_$][\w$]*/g;
const STRING = /"[^"]*"|'[^']*'/g;

/** What markup uses of a script's own names: components, functions and values in its expressions. */
export function markupReferences(
  text: string,
  blocks: readonly MarkupBlock[],
  file: ParsedFile,
  enclosing: number,
): Reference[] {
  const names = new Set(file.imports.flatMap((declaration) => declaration.names.map(({ alias }) => alias)));
  for (const { name, kind, parent } of file.definitions) if (parent === -1 && kind !== 'method') names.add(name);
  const found = new Map<number, Pick<Reference, 'kind' | 'name'>>();
  const add = (name: string, offset: number, kind: Reference['kind']): void => {
    if (names.has(name) && !found.has(offset)) found.set(offset, { kind, name });
  };
  for (const { start, end } of blocks) {
    const markup = text.slice(start, end);
    for (const match of markup.matchAll(COMPONENT_TAG)) add(match[1] ?? '', start + match.index + 1, 'references');
    for (const match of markup.matchAll(EXPRESSION)) {
      const expression = match[1] ?? match[2] ?? match[3] ?? '';
      const offset = start + match.index + match[0].lastIndexOf(expression);
      const code =
        match[1] === undefined ? expression : expression.replace(STRING, (string) => ' '.repeat(string.length));
      for (const use of code.matchAll(NAME)) {
        const isCall = /^\s*\(/.test(code.slice(use.index + use[0].length));
        add(use[0], offset + use.index, isCall ? 'calls' : 'references');
      }
    }
  }
  return locate(text, found, enclosing);
}

function locate(
  text: string,
  found: ReadonlyMap<number, Pick<Reference, 'kind' | 'name'>>,
  enclosing: number,
): Reference[] {
  const references: Reference[] = [];
  let line = 0;
  let lineStart = 0;
  for (const [offset, { kind, name }] of [...found].sort((a, b) => a[0] - b[0])) {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < offset; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    references.push({ kind, name, receiver: null, enclosing, position: { line, column: offset - lineStart } });
  }
  return references;
}
