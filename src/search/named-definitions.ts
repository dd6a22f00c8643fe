import { splitIdentifier } from '../kernel/text/split-identifier.ts';
import { foldText } from '../kernel/text/fold-text.ts';
import type { SymbolNode } from '../graph/symbol.ts';
import type { IndexStore, SearchFilter, StoredChunk } from '../store/index-store.ts';

/** Definitions of one name that are looked up: a name with more of them (`get`, `run`) says nothing by itself. */
const MAX_DEFINITIONS_PER_NAME = 8;
/** Chunks of its file in which a definition is looked for. */
const CHUNKS_PER_DEFINITION = 20;
const GLOB_CHARACTERS = /[*?[\]{}\\!]/u;

/**
 * Finds the chunks that show the definitions of names in a query, for those that neither vectors nor words brought into
 * the pool: a short common name can hide behind hundreds of its uses.
 *
 * @param known - Symbols that are in the pool already.
 */
export async function findNamedDefinitions(
  store: IndexStore,
  names: readonly string[],
  known: ReadonlySet<string>,
  filter: SearchFilter | undefined,
): Promise<StoredChunk[]> {
  const chunks = new Map<number, StoredChunk>();
  for (const name of names) {
    const definitions = await store.findSymbols({ name, limit: MAX_DEFINITIONS_PER_NAME + 1 });
    if (definitions.length > MAX_DEFINITIONS_PER_NAME) continue;
    for (const definition of definitions) {
      if (known.has(definition.id)) continue;
      for (const chunk of await chunksOf(store, definition, filter)) chunks.set(chunk.id, chunk);
    }
  }
  return [...chunks.values()];
}

/** The port finds chunks by words only: the words of the name, within the one file, lead to its definition. */
async function chunksOf(
  store: IndexStore,
  definition: SymbolNode,
  filter: SearchFilter | undefined,
): Promise<StoredChunk[]> {
  // A filter on paths may exclude the file, and some paths are no literal globs: such definitions are left to the pool.
  if (filter?.pathGlob !== undefined || GLOB_CHARACTERS.test(definition.path)) return [];
  const terms = [...new Set([foldText(definition.name), ...splitIdentifier(definition.name)])];
  const hits = await store.searchKeywords({ terms }, CHUNKS_PER_DEFINITION, { ...filter, pathGlob: definition.path });
  const chunks = await store.getChunks(hits.map(({ chunkId }) => chunkId));
  return chunks.filter((chunk) => chunk.symbol?.id === definition.id);
}
