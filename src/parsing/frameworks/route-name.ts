/** What a route is called that answers to every method. */
export const ANY_METHOD = 'ANY';

/** Longer paths are data. */
const MAX_PATH_LENGTH = 200;

/**
 * The name of a route: `GET /users/:id`. Paths are written the way their framework writes them, parts of them joined
 * with one slash.
 *
 * @param methods - As they are to be shown; several are joined by `|`.
 * @param parts - Prefixes and path, outermost first; empty ones do not count.
 */
export function routeName(methods: string | readonly string[], ...parts: readonly string[]): string {
  const method = typeof methods === 'string' ? methods : methods.join('|') || ANY_METHOD;
  const joined = parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('/');
  const path = `/${joined}`.replace(/\/{2,}/gu, '/');
  const bare = path.length > 1 && parts.at(-1) === '' ? path.replace(/\/$/u, '') : path;
  return `${method} ${bare.slice(0, MAX_PATH_LENGTH)}`;
}

/** The text between the quotes of a string without anything put in; undefined for other expressions. */
export function literalText(source: string | undefined): string | undefined {
  const found = /^(?:[rRuUbB@]{0,2})(["'`])([^\n]*)\1$/u.exec(source?.trim() ?? '');
  const content = found?.[2];
  return content === undefined || /\$\{|#\{/u.test(content) ? undefined : content;
}
