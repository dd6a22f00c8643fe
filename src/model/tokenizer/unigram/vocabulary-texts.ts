import type { AddedToken } from '../config/added-tokens.ts';
import type { PieceTrie } from './piece-trie.ts';

/**
 * The texts of a vocabulary, read back from its trie: nothing is kept for them before the first is asked for.
 *
 * @returns the text of an id; empty where the vocabulary has none. An added token's content goes first.
 */
export function vocabularyTexts(trie: PieceTrie, addedTokens: readonly AddedToken[]): (id: number) => string {
  const added = new Map(addedTokens.map((token) => [token.id, token.content]));
  let nodes: ReadonlyMap<number, number> | null = null;
  return (id) => {
    const content = added.get(id);
    if (content !== undefined) return content;
    nodes ??= trie.pieceNodes();
    const node = nodes.get(id);
    return node === undefined ? '' : trie.textAt(node);
  };
}
