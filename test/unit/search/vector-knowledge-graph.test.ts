import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/kernel/logger.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { MAX_QUERY_LENGTH } from '../../../src/search/query-analysis.ts';
import type { SearchHit } from '../../../src/search/search-hit.ts';
import { SEARCH_MODES, VectorKnowledgeGraph } from '../../../src/search/vector-knowledge-graph.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import type { IndexStore } from '../../../src/store/index-store.ts';
import { ConceptEncoder } from './_concept-encoder.ts';
import { openShopIndex } from './_shop-index.ts';

const encoder = new ConceptEncoder();
let store: EmbeddedStore;
let graph: VectorKnowledgeGraph;

const graphOf = (index: IndexStore, logger?: Logger): VectorKnowledgeGraph =>
  new VectorKnowledgeGraph({ store: index, openEncoder: async () => encoder, logger });
const noEncoder = (): Promise<never> => Promise.reject(new Error('the encoder was opened'));
const places = (hits: readonly SearchHit[]): string[] =>
  hits.map(({ path, symbol }) => `${path} ${symbol?.qualifiedName ?? ''}`);

beforeAll(async () => {
  store = await openShopIndex(encoder);
  graph = graphOf(store);
});
afterAll(() => store.close());

describe('hits', () => {
  it('have the fields the interface names', async () => {
    const [hit] = await graph.hybridSearch('getUserById');
    expect(hit).toEqual({
      rank: 1,
      score: expect.any(Number),
      path: 'src/users/get-user-by-id.ts',
      startLine: 4,
      endLine: 9,
      language: 'typescript',
      symbol: {
        id: 'src/users/get-user-by-id.ts#getUserById',
        kind: 'function',
        name: 'getUserById',
        qualifiedName: 'getUserById',
        path: 'src/users/get-user-by-id.ts',
        startLine: 4,
        endLine: 9,
        language: 'typescript',
        signature: 'export async function getUserById(userId: number): Promise<User | null> {',
      },
      explain: [],
    });
  });

  it('are explained when asked: each search with its rank, each rule that took part', async () => {
    const [hit] = await graph.hybridSearch('getUserById', { explain: true });
    expect(hit?.explain).toEqual(
      expect.arrayContaining([
        { signal: 'semantic', rank: 1, value: expect.any(Number) },
        { signal: 'keyword', rank: 1, value: expect.any(Number) },
        { signal: 'fusion', value: 1 },
        { signal: 'definition', value: 2 },
      ]),
    );
  });

  it.each(SEARCH_MODES)('of %s search are ranked from 1, fall in score, and name no symbol twice', async (mode) => {
    const { hits } = await graph.search('cancel an order in the database', mode, { limit: 30 });
    expect(hits.length).toBeGreaterThan(5);
    expect(hits.map(({ rank }) => rank)).toEqual(hits.map((_, index) => index + 1));
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
    const symbols = hits.flatMap(({ symbol }) => (symbol === null ? [] : [symbol.id]));
    expect(new Set(symbols).size).toBe(symbols.length);
  });

  it('show code outside symbols without one', async () => {
    const hits = await graph.keywordSearch('DATABASE_URL');
    expect(hits[0]).toMatchObject({ path: 'src/app.ts', symbol: null });
  });

  it('are the same every time', async () => {
    expect(await graph.hybridSearch('save an order')).toEqual(await graph.hybridSearch('save an order'));
  });
});

describe('options', () => {
  it('limit the number of hits', async () => {
    expect(await graph.hybridSearch('order', { limit: 2 })).toHaveLength(2);
    expect((await graph.hybridSearch('order')).length).toBe(10);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse the limit %d', async (limit) => {
    await expect(graph.hybridSearch('order', { limit })).rejects.toThrow(RangeError);
  });

  it.each(SEARCH_MODES)('filter %s search by language, kind and path', async (mode) => {
    const search = async (filter: object): Promise<readonly SearchHit[]> =>
      (await graph.search('order save', mode, { filter })).hits;
    const python = await search({ languages: ['python'] });
    expect(python.length).toBeGreaterThan(0);
    expect(python.every(({ language }) => language === 'python')).toBe(true);
    const classes = await search({ kinds: ['class'] });
    expect(classes.length).toBeGreaterThan(0);
    expect(classes.every(({ symbol }) => symbol?.kind === 'class')).toBe(true);
    const orders = await search({ pathGlob: 'src/orders/*' });
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.every(({ path }) => path.startsWith('src/orders/'))).toBe(true);
  });

  it('never let a named definition pass a filter', async () => {
    for (const filter of [{ languages: ['go'] }, { kinds: ['class'] as const }, { pathGlob: 'worker/**' }]) {
      const hits = await graph.hybridSearch('getUserById', { filter });
      expect(places(hits)).not.toContain('src/users/get-user-by-id.ts getUserById');
    }
  });

  it('end with the reason of the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    for (const mode of SEARCH_MODES) await expect(graph.search('order', mode, { signal })).rejects.toThrow('enough');
  });
});

describe('modes', () => {
  it('semantic search knows other languages', async () => {
    const hits = await graph.semanticSearch('¿dónde se calcula el impuesto?', { limit: 1 });
    expect(places(hits)).toEqual(['billing/invoices.py InvoiceBuilder.compute_tax']);
  });

  it('semantic search does not read the words of the question', async () => {
    const hits = await graph.semanticSearch('getUserById', { explain: true });
    const signals = new Set(hits.flatMap(({ explain }) => explain.map(({ signal }) => signal)));
    expect(
      [...signals].filter((signal) => ['keyword', 'definition', 'symbol-words', 'path-words'].includes(signal)),
    ).toEqual([]);
  });

  it('keyword search opens no encoder', async () => {
    const words = new VectorKnowledgeGraph({ store, openEncoder: noEncoder });
    expect(places(await words.keywordSearch('retry backoff', { limit: 1 }))).toEqual([
      'billing/retry.py retry_with_backoff',
    ]);
    await expect(words.hybridSearch('retry backoff')).rejects.toThrow('the encoder was opened');
  });

  it('keyword search gives nothing for words it does not know, and says so', async () => {
    const { hits, diagnostics } = await graph.search('¿dónde se calcula el impuesto?', 'keyword');
    expect(hits).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['SEARCH_FEW_KNOWN_WORDS']);
  });

  it('hybrid search finds by vectors alone what no word leads to', async () => {
    const { hits, mode, diagnostics } = await graph.search('onde o pedido é cancelado?', 'hybrid', { limit: 1 });
    expect(places(hits)).toEqual(['src/orders/order-service.ts OrderService.cancel']);
    expect(mode).toBe('hybrid');
    expect(diagnostics).toEqual([]);
  });

  it('refuse a query without text', async () => {
    await expect(graph.hybridSearch('  ')).rejects.toMatchObject({ code: 'SEARCH_QUERY_EMPTY' });
  });

  it('use the front of an endless query', async () => {
    const { hits, diagnostics } = await graph.search(`getUserById ${'x'.repeat(1_000_000)}`, 'hybrid', { limit: 1 });
    expect(diagnostics.map(({ code }) => code)).toEqual(['SEARCH_QUERY_CUT']);
    expect(hits[0]?.symbol?.name).toBe('getUserById');
    expect(encoder.questions.at(-1)?.length).toBeLessThanOrEqual(MAX_QUERY_LENGTH);
  });

  it.each(['"', "'", '`', '*', 'a AND', 'NEAR(', '-', ':', '(((', '\0', '%', '~~', '🙂', '\ud800', 'name:x OR'])(
    'take %j for text, not for syntax',
    async (query) => {
      await expect(graph.hybridSearch(query)).resolves.toBeInstanceOf(Array);
    },
  );
});

describe('an index without vectors', () => {
  it('answers hybrid search by words, and says so', async () => {
    await using bare = await openShopIndex(null);
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
    const words = new VectorKnowledgeGraph({ store: bare, openEncoder: noEncoder, logger });
    const { hits, mode, diagnostics } = await words.search('retry backoff', 'hybrid');
    expect(mode).toBe('keyword');
    expect(hits[0]?.symbol?.name).toBe('retry_with_backoff');
    expect(diagnostics).toMatchObject([
      { code: 'SEARCH_KEYWORDS_ONLY', hint: expect.stringContaining('codegraphai index') },
    ]);
    expect(warnings).toHaveLength(1);
  });

  it('refuses semantic search', async () => {
    await using bare = await openShopIndex(null);
    await expect(graphOf(bare).semanticSearch('retry')).rejects.toMatchObject({
      code: 'SEARCH_NO_VECTORS',
      hint: expect.stringContaining('codegraphai index'),
    });
  });

  it('gives nothing where nothing is indexed', async () => {
    await using empty = await EmbeddedStore.open(':memory:');
    expect(await graphOf(empty).hybridSearch('anything')).toEqual([]);
  });
});

describe('an index of another model', () => {
  it('refuses semantic and hybrid search, and names the repair', async () => {
    await using other = await openShopIndex(new ConceptEncoder('deadbeef'.repeat(8)));
    for (const mode of ['semantic', 'hybrid'] as const) {
      await expect(graphOf(other).search('retry', mode)).rejects.toMatchObject({
        name: 'SearchError',
        code: 'SEARCH_MODEL_MISMATCH',
        message: expect.stringMatching(/deadbeef.*c0ffee/u),
        hint: expect.stringContaining('codegraphai index'),
        details: { indexFingerprint: 'deadbeef'.repeat(8), encoderFingerprint: encoder.identity.fingerprint },
      });
    }
    expect(await graphOf(other).keywordSearch('retry')).not.toEqual([]);
  });
});

describe('an index whose model changes while a question is encoded', () => {
  it('does not compare vectors of two models', async () => {
    await using index = await openShopIndex(encoder);
    const slow = new ConceptEncoder();
    slow.encodeQuery = async (texts) => {
      // As another process does that embeds with another model.
      await index.clearEmbeddings({ 'model.id': 'test/other', 'model.fingerprint': 'deadbeef'.repeat(8) });
      return slow.encode(texts);
    };
    const changing = new VectorKnowledgeGraph({ store: index, openEncoder: async () => slow });
    await expect(changing.semanticSearch('retry')).rejects.toMatchObject({ code: 'SEARCH_MODEL_MISMATCH' });
  });
});

describe('an index half embedded', () => {
  it('finds the rest by words, and says so', async () => {
    await using half = await openShopIndex(null);
    const pending = await half.pendingEmbeddings(10);
    const vectors = await encoder.encodeDocument(pending.map(({ text }) => text));
    await half.putEmbeddings(
      pending.map(({ contentHash }) => contentHash),
      vectors.data,
      vectors.dimensions,
    );
    await half.setMeta({ 'model.fingerprint': encoder.identity.fingerprint });
    const { mode, diagnostics } = await graphOf(half).search('order', 'hybrid');
    expect(mode).toBe('hybrid');
    expect(diagnostics.map(({ code }) => code)).toEqual(['SEARCH_VECTORS_INCOMPLETE']);
  });
});
