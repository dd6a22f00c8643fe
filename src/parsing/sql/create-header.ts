import type { SymbolKind } from '../../graph/symbol.ts';
import type { QualifiedName } from './qualified-name.ts';
import { readQualifiedName } from './qualified-name.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';

/** What a `CREATE` makes. */
export interface CreateHeader {
  readonly kind: SymbolKind;
  readonly name: QualifiedName;
  /** A package or type body, which holds routines. */
  readonly isBody: boolean;
  readonly isTemporary: boolean;
}

const OBJECT_KINDS: ReadonlyMap<string, SymbolKind> = new Map([
  ['procedure', 'procedure'],
  ['proc', 'procedure'],
  ['function', 'function'],
  ['trigger', 'trigger'],
  ['package', 'package'],
  ['view', 'view'],
  ['table', 'table'],
  ['type', 'type'],
  ['domain', 'type'],
  ['sequence', 'sequence'],
  ['index', 'index'],
  ['schema', 'schema'],
]);
/** Things without a symbol whose `CREATE` could otherwise be taken for one further on: `CREATE USER u DEFAULT SCHEMA s`. */
const OTHER_OBJECTS: ReadonlySet<string> = new Set(
  'user role database login extension synonym event server rule policy cast operator aggregate publication statistics certificate directory'.split(
    ' ',
  ),
);
/** Longest before the object: `` CREATE OR REPLACE ALGORITHM = MERGE DEFINER = `a`@`b` SQL SECURITY INVOKER VIEW ``. */
const MAX_MODIFIERS = 20;

/**
 * Reads `CREATE … <object> <name>`, or `ALTER` of a routine, from the token at `at`.
 *
 * @returns Nothing where no symbol is made.
 */
export function readCreateHeader(tokens: TokenList, at: number): CreateHeader | undefined {
  let next = at + 1;
  let isTemporary = false;
  const limit = at + MAX_MODIFIERS;
  while (next < limit && !OBJECT_KINDS.has(tokens.word(next))) {
    const word = tokens.word(next);
    if (
      word === ';' ||
      word === '(' ||
      OTHER_OBJECTS.has(word) ||
      next >= tokens.length ||
      tokens.kind(next) === TokenKind.batchEnd
    )
      return undefined;
    isTemporary ||= word === 'temp' || word === 'temporary';
    next++;
  }
  const kind = OBJECT_KINDS.get(tokens.word(next));
  if (kind === undefined) return undefined;
  next++;
  const isBody = tokens.word(next) === 'body';
  if (isBody) next++;
  if (tokens.word(next) === 'concurrently') next++;
  if (tokens.word(next) === 'if') next += tokens.word(next + 1) === 'not' ? 3 : 2;
  if (kind === 'schema' && tokens.word(next) === 'authorization') next++;
  const name = readQualifiedName(tokens, next);
  if (name === undefined || (kind === 'index' && tokens.word(next) === 'on')) return undefined;
  return { kind, name, isBody, isTemporary: isTemporary || name.kind === TokenKind.temporary };
}
