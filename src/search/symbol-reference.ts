import { normalizeSymbolName } from './query-analysis.ts';

/** What a person wrote to mean one symbol. */
export type SymbolReference =
  | { readonly form: 'name'; readonly name: string }
  | { readonly form: 'path-name'; readonly path: string; readonly name: string }
  | { readonly form: 'path-line'; readonly path: string; readonly line: number };

/** Digits of the largest line number that is taken for one; files are far smaller. */
const MAX_LINE_DIGITS = 9;

/** Paths as the index holds them: `/` between segments, no `./` in front. */
export function normalizePath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/u, '');
}

/** Names as the index holds them: scopes joined by `.`, no call brackets. */
function normalizeName(name: string): string {
  return normalizeSymbolName(name.trim().replace(/\(\)$/u, ''));
}

/** Position of the last colon that is not part of `::`, or -1. */
function lastSingleColon(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ':' && text[at - 1] !== ':' && text[at + 1] !== ':') return at;
  }
  return -1;
}

/**
 * Reads `qualified.name`, `name`, `path:name`, `path:line` and the `path:line:column` that compilers and `rg` print.
 * Joints of any language (`Pool::acquire`, `Pool#acquire`) count as dots.
 */
export function parseSymbolReference(text: string): SymbolReference {
  const trimmed = text.trim();
  const withoutColumn = trimmed.replace(/(:\d{1,9}):\d{1,9}$/u, '$1');
  const colon = lastSingleColon(withoutColumn);
  if (colon <= 0 || colon === withoutColumn.length - 1) return { form: 'name', name: normalizeName(trimmed) };
  const path = normalizePath(withoutColumn.slice(0, colon));
  const rest = withoutColumn.slice(colon + 1);
  if (/^\d+$/u.test(rest) && rest.length <= MAX_LINE_DIGITS) return { form: 'path-line', path, line: Number(rest) };
  return { form: 'path-name', path, name: normalizeName(rest) };
}
