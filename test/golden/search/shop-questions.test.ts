import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnippet } from '../../../src/search/read-snippet.ts';
import { SEARCH_MODES, VectorKnowledgeGraph, type SearchMode } from '../../../src/search/vector-knowledge-graph.ts';
import type { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { fileURLToPath } from 'node:url';
import { ConceptEncoder } from '../../unit/search/_concept-encoder.ts';
import { openShopIndex, SHOP_ROOT } from '../../unit/search/_shop-index.ts';

/** A question and the symbol that answers it, with the worst rank it may have in each mode; a mode left out may miss it. */
type Question = { readonly query: string; readonly answer: string } & { readonly [Mode in SearchMode]?: number };

const questions = JSON.parse(readFileSync(new URL('./questions.json', import.meta.url), 'utf8')) as readonly Question[];
const cases = questions.flatMap((question) =>
  SEARCH_MODES.flatMap((mode) => {
    const worst = question[mode];
    return worst === undefined ? [] : [{ ...question, mode, worst }];
  }),
);

const encoder = new ConceptEncoder();
let store: EmbeddedStore;
let graph: VectorKnowledgeGraph;

beforeAll(async () => {
  store = await openShopIndex(encoder);
  graph = new VectorKnowledgeGraph({ store, openEncoder: async () => encoder });
});
afterAll(() => store.close());

async function rankOf(question: Question, mode: SearchMode): Promise<number> {
  const { hits } = await graph.search(question.query, mode, { limit: 20 });
  return hits.find(({ symbol }) => symbol?.id === question.answer)?.rank ?? Infinity;
}

async function meanReciprocalRank(mode: SearchMode): Promise<number> {
  let sum = 0;
  for (const question of questions) sum += 1 / (await rankOf(question, mode));
  return sum / questions.length;
}

describe('questions about the shop', () => {
  it.each(cases)('$mode: $query', async ({ mode, worst, ...question }) => {
    expect(await rankOf(question, mode)).toBeLessThanOrEqual(worst);
  });

  it('are answered better by both searches together than by either', async () => {
    const [hybrid, semantic, keyword] = [
      await meanReciprocalRank('hybrid'),
      await meanReciprocalRank('semantic'),
      await meanReciprocalRank('keyword'),
    ];
    expect(hybrid).toBeGreaterThan(semantic);
    expect(hybrid).toBeGreaterThan(keyword);
    expect(hybrid).toBeGreaterThan(0.9);
  });

  it('lead to the lines that answer them', async () => {
    const [hit] = await graph.hybridSearch('compute_tax');
    const snippet = await readSnippet(fileURLToPath(SHOP_ROOT), hit!);
    expect(snippet).toMatchObject({ status: 'read', truncated: false, stale: false });
    expect(snippet.text).toMatch(/^ {4}def compute_tax[\s\S]*net_amount \* rate, 2\)$/u);
  });
});
