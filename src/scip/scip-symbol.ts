/**
 * Names of symbols in the SCIP format: `scheme manager package version descriptor…`.
 *
 * @see https://github.com/sourcegraph/scip/blob/v0.5.2/scip.proto (message Symbol)
 */
import type { SymbolKind } from '../graph/symbol.ts';

/** Symbols that no other document can mean. */
export const LOCAL_PREFIX = 'local ';

const SIMPLE_IDENTIFIER = /^[\w+$-]+$/;

const NAMESPACES: ReadonlySet<SymbolKind> = new Set(['namespace', 'module', 'package', 'schema']);
const TYPES: ReadonlySet<SymbolKind> = new Set(['class', 'interface', 'struct', 'enum', 'type', 'table', 'view']);
const METHODS: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constructor', 'procedure', 'trigger']);

function escapeName(name: string): string {
  return SIMPLE_IDENTIFIER.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/**
 * The last parts of a symbol for one definition: `Pool#`, `acquire().`, `acquire(+1).`.
 *
 * @param ordinal - 1 for the first definition of the qualified name in its file, 2 for the next.
 */
export function descriptorOf(kind: SymbolKind, name: string, ordinal: number): string {
  if (METHODS.has(kind)) return `${escapeName(name)}(${ordinal > 1 ? `+${ordinal - 1}` : ''}).`;
  const unique = escapeName(ordinal > 1 ? `${name}~${ordinal}` : name);
  if (NAMESPACES.has(kind)) return `${unique}/`;
  return TYPES.has(kind) ? `${unique}#` : `${unique}.`;
}

/** The start of every symbol of a file: `src/db/pool.ts` is the namespaces `src/`, `db/` and `pool.ts`. */
export function fileSymbol(path: string): string {
  const namespaces = path.split('/').map((part) => `${escapeName(part)}/`);
  return `codegraphai . . . ${namespaces.join('')}`;
}

/**
 * The name in the last descriptor of a symbol: `acquire` of `… Pool#acquire().`; undefined for local symbols and what is
 * no symbol.
 */
export function lastDescriptorName(symbol: string): string | undefined {
  if (symbol.startsWith(LOCAL_PREFIX)) return undefined;
  const match = /(?:`((?:[^`]|``)+)`|([\w+$-]+))(?:\((?:[\w+$-]*)\)\.|[#./:!\])])$/.exec(symbol);
  return match?.[1]?.replaceAll('``', '`') ?? match?.[2];
}
