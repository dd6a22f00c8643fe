import type { NodeId, SymbolNode } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import { closestNames } from '../kernel/text/closest-names.ts';
import { SearchError } from './search-error.ts';
import { parseSymbolReference } from './symbol-reference.ts';
import { summarizeSymbol } from './symbol-summary.ts';

/** Definitions of one name that are told apart; more are counted, not compared. */
const MAX_DEFINITIONS = 1000;
/** Candidates an ambiguous name lists. */
const MAX_LISTED_CANDIDATES = 20;
/** Candidates its hint names. */
const MAX_HINTED_CANDIDATES = 3;
/** Symbols whose names are compared with one that was not found. */
const CLOSE_NAME_POOL_SIZE = 50_000;
const MAX_CLOSE_NAMES = 5;

/** A definition, and those of the same qualified name in the same file: overloads, or declarations that merge. */
export interface ResolvedSymbol {
  readonly symbol: SymbolNode;
  /** Without `symbol`; empty where a line or an id said which one is meant. */
  readonly overloads: readonly SymbolNode[];
}

/**
 * Finds the one symbol a person means by `qualified.name`, `name`, `path:name`, `path:line` or a symbol id.
 *
 * Where several have the name: a qualified name prefers what it names whole over what merely ends with it, a class stands
 * for its own constructors, and overloads stand together. A path may be cut in front (`pool.ts:acquire`) where that
 * leaves one file. Case counts unless nothing has the name as written.
 *
 * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
 */
export async function resolveSymbol(store: IndexStore, text: string): Promise<ResolvedSymbol> {
  const { name, symbols, exact } = await lookUp(store, text);
  const whole = name.includes('.') || exact ? symbols.filter((symbol) => symbol.qualifiedName === name) : [];
  const meant = withoutMembersOf(whole.length > 0 ? whole : symbols);
  const [first, ...others] = meant;
  if (first === undefined) throw await notFound(store, text, name);
  if (others.some((other) => other.path !== first.path || other.qualifiedName !== first.qualifiedName)) {
    throw ambiguous(text, meant);
  }
  return { symbol: first, overloads: others };
}

/**
 * Finds every symbol a person may mean, in order of path and place; never none.
 *
 * @throws {@link SearchError} `SYMBOL_NOT_FOUND`.
 */
export async function findAllMeant(store: IndexStore, text: string): Promise<readonly SymbolNode[]> {
  const { name, symbols } = await lookUp(store, text);
  if (symbols.length === 0) throw await notFound(store, text, name);
  return symbols;
}

interface LookUp {
  readonly name: string;
  readonly symbols: readonly SymbolNode[];
  /** A path narrowed it down, so that a bare name means what has no other scope before what has. */
  readonly exact: boolean;
}

async function lookUp(store: IndexStore, text: string): Promise<LookUp> {
  if (text.includes('#')) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the look-up validates it: what is no id finds nothing
    const byId = await store.getSymbols([text.trim() as NodeId]);
    if (byId.length > 0) return { name: text, symbols: byId, exact: true };
  }
  const reference = parseSymbolReference(text);
  if (reference.form === 'path-line') {
    return { name: text, symbols: [await symbolAtLine(store, text, reference.path, reference.line)], exact: true };
  }
  const { name } = reference;
  if (reference.form === 'path-name') {
    const path = await resolvePath(store, reference.path);
    return { name, symbols: path === undefined ? [] : await findByName(store, name, path), exact: true };
  }
  const symbols = await findByName(store, name);
  return { name, symbols: symbols.length > 0 ? symbols : await findInModule(store, name), exact: false };
}

/** Definitions of a name as written, or in any case where there are none. */
async function findByName(store: IndexStore, name: string, path?: string): Promise<SymbolNode[]> {
  if (name === '') return [];
  const query = { name, path, limit: MAX_DEFINITIONS };
  const found = await store.findSymbols(query);
  return found.length > 0 ? found : store.findSymbols({ ...query, ignoreCase: true });
}

/** Reads the front of a dotted name as a module: `orders.cancel` is `cancel` in `orders.py` or `orders/__init__.py`. */
async function findInModule(store: IndexStore, name: string): Promise<SymbolNode[]> {
  const segments = name.split('.');
  for (let split = 1; split < segments.length; split++) {
    const module = segments[split - 1];
    const found = await findByName(store, segments.slice(split).join('.'));
    const inModule = found.filter(({ path }) => {
      const [fileName = '', folder = ''] = path.split('/').reverse();
      const stem = fileName.replace(/\.[^.]*$/u, '');
      return stem === module || (folder === module && (stem === 'index' || stem === '__init__' || stem === 'mod'));
    });
    if (inModule.length > 0) return inModule;
  }
  return [];
}

/** A path as the index has it: as given, or the only one that ends with it. */
async function resolvePath(store: IndexStore, path: string): Promise<string | undefined> {
  const exact = await store.findSymbols({ path, limit: 1 });
  if (exact.length > 0) return path;
  const ending = (await store.fileStamps()).filter((stamp) => stamp.path.endsWith(`/${path}`));
  return ending.length === 1 ? ending[0]?.path : undefined;
}

async function symbolAtLine(store: IndexStore, text: string, path: string, line: number): Promise<SymbolNode> {
  const indexedPath = await resolvePath(store, path);
  if (indexedPath === undefined) {
    throw new SearchError(`the index has no symbol in a file ${path}`, {
      code: 'SYMBOL_NOT_FOUND',
      hint: 'Give the path relative to the root of the repository.',
      details: { name: text, closeNames: [] },
    });
  }
  const [symbol] = await store.findSymbols({ path: indexedPath, line });
  if (symbol !== undefined) return symbol;
  const places = (await store.findSymbols({ path: indexedPath })).map(summarizeSymbol);
  const nearest = places.sort((left, right) => Math.abs(left.startLine - line) - Math.abs(right.startLine - line))[0];
  throw new SearchError(`line ${line} of ${indexedPath} is inside no symbol`, {
    code: 'SYMBOL_NOT_FOUND',
    hint:
      nearest === undefined
        ? undefined
        : `Try ${indexedPath}:${nearest.startLine}, where ${nearest.qualifiedName} starts.`,
    details: { name: text, closeNames: nearest === undefined ? [] : [nearest.qualifiedName] },
  });
}

/** Drops constructors, and whatever else has the name of what it is defined in. */
function withoutMembersOf(symbols: readonly SymbolNode[]): readonly SymbolNode[] {
  const ids = new Set<NodeId>(symbols.map(({ id }) => id));
  return symbols.filter(({ parentId }) => parentId === null || !ids.has(parentId));
}

function ambiguous(text: string, symbols: readonly SymbolNode[]): SearchError {
  const candidates = symbols.slice(0, MAX_LISTED_CANDIDATES).map(summarizeSymbol);
  const homonyms = Map.groupBy(symbols, ({ qualifiedName }) => qualifiedName);
  // A whole qualified name is clear where it is the only one; a bare name still means all of them.
  const places = candidates
    .slice(0, MAX_HINTED_CANDIDATES)
    .map(({ path, startLine, qualifiedName }) =>
      qualifiedName.includes('.') && homonyms.get(qualifiedName)?.length === 1 ? qualifiedName : `${path}:${startLine}`,
    );
  return new SearchError(`${text} names ${symbols.length} symbols`, {
    code: 'SYMBOL_AMBIGUOUS',
    hint: `Name one of them: ${places.join(', ')}${symbols.length > places.length ? ', …' : '.'}`,
    details: { name: text, candidates, candidateCount: symbols.length },
  });
}

async function notFound(store: IndexStore, text: string, name: string): Promise<SearchError> {
  const pool = await store.findSymbols({ limit: CLOSE_NAME_POOL_SIZE });
  const qualified = name.includes('.');
  const names = pool.map((symbol) => (qualified ? symbol.qualifiedName : symbol.name));
  const closeNames = name === '' ? [] : closestNames(name, names, MAX_CLOSE_NAMES);
  return new SearchError(`the index has no symbol ${text}`, {
    code: 'SYMBOL_NOT_FOUND',
    hint:
      closeNames.length > 0
        ? `Did you mean ${closeNames.join(', ')}?`
        : 'Find it by its words with `codegraphai search`.',
    details: { name: text, closeNames },
  });
}
