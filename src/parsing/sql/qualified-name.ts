import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';

/** A name of one or more parts, `sales.order_pkg.close_orders`, without quotes and in the case it is written in. */
export interface QualifiedName {
  readonly parts: readonly string[];
  /** Index of the last part's token. */
  readonly last: number;
  /** Index of the token after the name. */
  readonly next: number;
  /** Kind of the first token: a table variable's name is no table. */
  readonly kind: number;
}

/** More parts than the four of `server.database.schema.object` are no name; the bound keeps hostile chains cheap. */
const MAX_PARTS = 8;

/** Reads the name that starts at a token, or nothing where none does. `db..table` leaves the empty schema out. */
export function readQualifiedName(tokens: TokenList, at: number): QualifiedName | undefined {
  if (!tokens.isName(at)) return undefined;
  const parts = [tokens.name(at)];
  let last = at;
  let next = at + 1;
  while (tokens.word(next) === '.' && parts.length < MAX_PARTS) {
    let part = next + 1;
    while (tokens.word(part) === '.' && part - next < 3) part++;
    if (!tokens.isName(part) || tokens.kind(part) === TokenKind.variable) break;
    parts.push(tokens.name(part));
    last = part;
    next = part + 1;
  }
  // A database link of Oracle: `orders@remote`.
  if (
    tokens.kind(next) === TokenKind.variable &&
    tokens.start(next) === tokens.end(last) &&
    tokens.text[tokens.start(next)] === '@'
  )
    next++;
  return { parts, last, next, kind: tokens.kind(at) };
}

/** The last part and what stands before it. */
export function splitReceiver(parts: readonly string[]): { readonly name: string; readonly receiver: string | null } {
  return { name: parts.at(-1) ?? '', receiver: parts.length > 1 ? parts.slice(0, -1).join('.') : null };
}
