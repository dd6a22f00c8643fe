/** What stands between the parts of a name: `Pool.acquire`, `Pool::acquire`, `pool->acquire`, `a/b`, `Pool#acquire`. */
const SEPARATORS = new Set(['.', ':', '>', '/', '#', '\\']);

/** The part of a name after its last separator; the whole name where it has none or ends with one. */
export function lastName(name: string): string {
  for (let index = name.length - 2; index >= 0; index--) {
    if (SEPARATORS.has(name.charAt(index))) return name.slice(index + 1);
  }
  return name;
}

/** Whether `query` is `name`, or the end of it after a separator: `acquire` and `Pool.acquire` of `db.Pool.acquire`. */
export function namesMatch(name: string, query: string, ignoreCase = false): boolean {
  if (ignoreCase) return namesMatch(name.toLowerCase(), query.toLowerCase());
  if (query === '' || !name.endsWith(query)) return false;
  return name.length === query.length || SEPARATORS.has(name.charAt(name.length - query.length - 1));
}
