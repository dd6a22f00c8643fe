import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Edge, UnresolvedReference } from '../../../src/graph/edge.ts';
import type { SymbolNode } from '../../../src/graph/symbol.ts';
import { CodeKnowledgeGraph } from '../../../src/search/code-knowledge-graph.ts';
import type { RelationEdge } from '../../../src/search/relation-edge.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { makeSymbol } from './_builders.ts';
import { openIndexOf } from './_small-index.ts';
import { openShopIndex } from './_shop-index.ts';

let store: EmbeddedStore;
let graph: CodeKnowledgeGraph;

beforeAll(async () => {
  store = await openShopIndex(null);
  graph = new CodeKnowledgeGraph({ root: '.', store });
});
afterAll(() => store.close());

const show = ({ source, target, depth, site }: RelationEdge): string =>
  `${depth} ${source.qualifiedName} -> ${target.qualifiedName} ${site.path}:${site.line}`;

const edge = (kind: Edge['kind'], source: SymbolNode, target: SymbolNode, line: number): Edge => ({
  kind,
  source: source.id,
  target: target.id,
  tier: 'lexical',
  confidence: 0.98,
  site: { path: 'src/a.ts', line, column: 1 },
});

describe('callers', () => {
  it('lists direct calls with their sites', async () => {
    const { symbol, edges } = await graph.callers('ConnectionPool.acquire');
    expect(symbol).toMatchObject({ qualifiedName: 'ConnectionPool.acquire', kind: 'method', startLine: 12 });
    expect(edges.map(show)).toEqual([
      '1 OrderRepository.findById -> ConnectionPool.acquire src/orders/order-repository.ts:8',
      '1 OrderRepository.save -> ConnectionPool.acquire src/orders/order-repository.ts:15',
    ]);
    expect(edges[0]).toMatchObject({ kind: 'calls', tier: 'receiver', confidence: 0.95, site: { column: 5 } });
  });

  it('follows calls to the depth asked for', async () => {
    const { edges } = await graph.callers('ConnectionPool.acquire', { depth: 3 });
    expect(edges.map(({ depth, source }) => [depth, source.qualifiedName])).toEqual([
      [1, 'OrderRepository.findById'],
      [1, 'OrderRepository.save'],
      [2, 'OrderService.cancel'],
      [2, 'OrderService.cancel'],
      [2, 'OrderService.place'],
      [3, 'cancelsAnOpenOrder'],
      [3, 'refusesToCancelAShippedOrder'],
    ]);
  });

  it('of a class are whoever creates it, files among them', async () => {
    const { edges } = await graph.callers('OrderService');
    expect(edges.map(({ kind, source }) => [kind, source.kind, source.path])).toEqual([
      ['instantiates', 'file', 'src/app.ts'],
      ['instantiates', 'function', 'test/orders/order-service.test.ts'],
    ]);
  });

  it('of a constructor are those of its class', async () => {
    const ofClass = await graph.callers('Connection');
    const ofConstructor = await graph.callers('Connection.constructor');
    expect(ofClass.edges.map(show)).toEqual(['1 Connection.open -> Connection src/db/connection.ts:5']);
    expect(ofConstructor.edges).toEqual(ofClass.edges);
  });

  it('of a class include calls that name its constructor, each once', async () => {
    const pool = makeSymbol({ name: 'Pool', kind: 'class' });
    const init = makeSymbol({ name: 'Pool.__init__', kind: 'constructor', parentId: pool.id });
    const user = makeSymbol({ name: 'main' });
    await using index = await openIndexOf(
      [pool, init, user],
      [
        edge('contains', pool, init, 2),
        edge('calls', user, init, 7),
        edge('instantiates', user, pool, 8),
        edge('calls', init, pool, 3),
      ],
    );
    const { edges } = await new CodeKnowledgeGraph({ root: '.', store: index }).callers('Pool', { depth: 3 });
    expect(edges.map(({ depth, site }) => [depth, site.line])).toEqual([
      [1, 3],
      [1, 7],
      [1, 8],
    ]);
  });

  it('hide guesses by name, and count them as unresolved', async () => {
    const hidden = await graph.callers('ConnectionPool.release');
    expect(hidden.edges.map(({ source }) => source.qualifiedName)).toEqual(['OrderRepository.save']);
    expect(hidden.completeness).toEqual({ resolved: 1, unresolved: 1, reasons: { 'low-confidence': 1 } });
    const shown = await graph.callers('ConnectionPool.release', { minConfidence: 0 });
    expect(shown.edges).toHaveLength(2);
    expect(shown.completeness).toEqual({ resolved: 2, unresolved: 0, reasons: {} });
  });

  it('tell of references by the name that made no edge', async () => {
    const { completeness } = await graph.callers('ConnectionPool.acquire');
    expect(completeness).toEqual({ resolved: 2, unresolved: 1, reasons: { 'unknown-receiver': 1 } });
    const none = await graph.callers('Pool.acquire');
    expect(none.edges).toEqual([]);
    expect(none.completeness.unresolved).toBe(1);
  });

  it('may say "none" where nothing of the name is left over', async () => {
    const { edges, completeness } = await graph.callers('Queue.Pop');
    expect(edges).toEqual([]);
    expect(completeness).toEqual({ resolved: 0, unresolved: 0, reasons: {} });
  });

  it('count at greater depth the names of everything on the way', async () => {
    const { completeness } = await graph.callers('OrderRepository.findById', { depth: 2 });
    expect(completeness.reasons).toEqual({ external: 1 });
  });

  it('count calls only, and SQL names in any of the usual cases', async () => {
    const procedure = makeSymbol({ name: 'close_month', kind: 'procedure', language: 'sql' });
    const reference = (kind: UnresolvedReference['kind'], name: string): UnresolvedReference => ({
      kind,
      source: procedure.id,
      name,
      reason: 'dynamic',
      candidateCount: 0,
      site: { path: 'src/a.ts', line: 1, column: 1 },
    });
    const references = [
      reference('executes', 'CLOSE_MONTH'),
      reference('reads', 'close_month'),
      reference('calls', 'open_month'),
    ];
    await using index = await openIndexOf([procedure], [], references);
    const { completeness } = await new CodeKnowledgeGraph({ root: '.', store: index }).callers('close_month');
    expect(completeness).toEqual({ resolved: 0, unresolved: 1, reasons: { dynamic: 1 } });
  });

  it('stop at the most edges allowed, and say so', async () => {
    expect(await graph.callers('OrderService.cancel', { maxEdges: 1 })).toMatchObject({
      truncated: true,
      edges: [{ depth: 1 }],
    });
  });

  it.each([0, -1, 1.5])('refuse the depth %d', async (depth) => {
    await expect(graph.callers('getUserById', { depth })).rejects.toThrow(RangeError);
  });

  it('end with the reason of the signal', async () => {
    await expect(graph.callers('getUserById', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('callees', () => {
  it('list what a symbol calls and what could not be followed', async () => {
    const { edges, completeness } = await graph.callees('OrderService.cancel');
    expect(edges.map(({ target }) => target.qualifiedName)).toEqual([
      'OrderRepository.findById',
      'OrderRepository.save',
    ]);
    expect(completeness).toEqual({ resolved: 2, unresolved: 1, reasons: { 'not-found': 1 } });
  });

  it('go on to the depth asked for', async () => {
    const { edges } = await graph.callees('OrderService.place', { depth: 4 });
    expect(edges.map(({ depth, target }) => `${depth} ${target.qualifiedName}`)).toEqual([
      '1 OrderRepository.save',
      '2 ConnectionPool.acquire',
      '2 ConnectionPool.release',
      '3 Connection.open',
      '4 Connection',
    ]);
  });
});

describe('symbols', () => {
  it('lists every definition with its degree, in order of path', async () => {
    const found = await graph.symbols('save');
    expect(found.map(({ path, degree }) => [path, degree.incoming, degree.outgoing])).toEqual([
      ['android/SessionStore.java', 0, 0],
      ['billing/invoices.py', 0, 1],
      ['src/orders/order-repository.ts', 2, 2],
    ]);
    expect(found[1]).toMatchObject({ documentation: expect.stringContaining('PDF'), exported: true });
  });

  it('counts creations of a class, and no guesses', async () => {
    expect(await graph.symbols('ConnectionPool')).toMatchObject([{ degree: { incoming: 1 } }]);
    expect(await graph.symbols('ConnectionPool.release')).toMatchObject([{ degree: { incoming: 1 } }]);
  });

  it('keeps to its limit, and takes a place for a name', async () => {
    expect(await graph.symbols('save', { limit: 2 })).toHaveLength(2);
    expect(await graph.symbols('src/orders/order-repository.ts:15')).toMatchObject([{ name: 'save' }]);
  });

  it('says what is near a name it does not know', async () => {
    await expect(graph.symbols('aquire')).rejects.toMatchObject({ code: 'SYMBOL_NOT_FOUND' });
  });
});

async function resolve(name: string, from: CodeKnowledgeGraph = graph): Promise<string> {
  const { symbol } = await from.resolveSymbol(name);
  return symbol.id;
}

describe('resolveSymbol', () => {
  const acquire = 'src/db/connection-pool.ts#ConnectionPool.acquire';

  it.each([
    ['ConnectionPool.acquire', acquire],
    ['ConnectionPool::acquire', acquire],
    ['ConnectionPool#acquire', acquire],
    ['connectionpool.acquire', acquire],
    ['ConnectionPool.acquire()', acquire],
    [acquire, acquire],
    ['src/db/connection-pool.ts:acquire', acquire],
    ['./src/db/connection-pool.ts:ConnectionPool.acquire', acquire],
    ['db/connection-pool.ts:acquire', acquire],
    ['connection-pool.ts:14', acquire],
    ['src/db/connection-pool.ts:14', acquire],
    ['src/db/connection-pool.ts:14:9', acquire],
    ['src/db/connection-pool.ts:5', 'src/db/connection-pool.ts#ConnectionPool'],
    ['getuserbyid', 'src/users/get-user-by-id.ts#getUserById'],
    ['CANCEL_ORDER', 'sql/cancel_order.sql#cancel_order'],
    ['retry.retry_with_backoff', 'billing/retry.py#retry_with_backoff'],
    ['billing.retry.retry_with_backoff', 'billing/retry.py#retry_with_backoff'],
    ['SessionStore', 'android/SessionStore.java#SessionStore'],
    ['SessionStore.SessionStore', 'android/SessionStore.java#SessionStore.SessionStore'],
    ['InvoiceBuilder.save', 'billing/invoices.py#InvoiceBuilder.save'],
  ])('finds %s', async (name, id) => {
    expect(await resolve(name)).toBe(id);
  });

  it('lists the candidates of an ambiguous name', async () => {
    await expect(resolve('save')).rejects.toMatchObject({
      name: 'SearchError',
      code: 'SYMBOL_AMBIGUOUS',
      message: 'save names 3 symbols',
      hint: 'Name one of them: SessionStore.save, InvoiceBuilder.save, OrderRepository.save.',
      details: { name: 'save', candidateCount: 3, candidates: [{ qualifiedName: 'SessionStore.save' }, {}, {}] },
    });
  });

  it.each([
    ['getUserByIdd', ['getUserById']],
    ['ConnectionPool.aquire', ['ConnectionPool.acquire']],
    ['relaese', ['release']],
  ])('suggests names for %s', async (name, closeNames) => {
    await expect(resolve(name)).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      hint: `Did you mean ${closeNames.join(', ')}?`,
      details: { name, closeNames },
    });
  });

  it.each([
    'qqqqqqqq',
    '',
    '   ',
    ':',
    '.',
    'src/db/connection-pool.ts:',
    'no/such/file.ts:acquire',
    '*',
    '%',
    '../../etc/passwd:root',
  ])('finds no symbol for %j', async (name) => {
    await expect(resolve(name)).rejects.toMatchObject({ code: 'SYMBOL_NOT_FOUND', hint: expect.any(String) });
  });

  it('names the nearest symbol of a line outside all of them', async () => {
    await expect(resolve('worker/queue.go:7')).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      hint: 'Try worker/queue.go:9, where Queue.Push starts.',
    });
    await expect(resolve('worker/no-such-file.go:7')).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      hint: expect.stringContaining('root'),
    });
  });

  it('prefers what a qualified name names whole', async () => {
    const whole = makeSymbol({ name: 'Pool.acquire', kind: 'method', path: 'src/a.ts' });
    const ending = makeSymbol({ name: 'db.Pool.acquire', kind: 'method', path: 'src/b.ts' });
    const bare = makeSymbol({ name: 'acquire', path: 'src/c.ts' });
    await using index = await openIndexOf([whole, ending, bare]);
    const small = new CodeKnowledgeGraph({ root: '.', store: index });
    expect(await resolve('Pool.acquire', small)).toBe(whole.id);
    // A bare name names all of them: guessing would answer about the wrong one without a word.
    await expect(resolve('acquire', small)).rejects.toMatchObject({ details: { candidateCount: 3 } });
  });

  it('prefers in a file what has no other scope', async () => {
    const top = makeSymbol({ name: 'acquire' });
    const method = makeSymbol({ name: 'Pool.acquire', kind: 'method' });
    await using index = await openIndexOf([method, top]);
    expect(await resolve('src/a.ts:acquire', new CodeKnowledgeGraph({ root: '.', store: index }))).toBe(top.id);
  });

  it('takes overloads together, and one of them by its line', async () => {
    const [first, second] = [1, 2].map((ordinal) =>
      makeSymbol({ name: 'Order.cancel', ordinal, lines: [ordinal * 20, ordinal * 20 + 5] }),
    );
    await using index = await openIndexOf([first!, second!]);
    const small = new CodeKnowledgeGraph({ root: '.', store: index });
    expect(await small.resolveSymbol('Order.cancel')).toEqual({ symbol: first, overloads: [second] });
    expect(await small.resolveSymbol('src/a.ts:42')).toEqual({ symbol: second, overloads: [] });
    expect(await small.resolveSymbol(second!.id)).toEqual({ symbol: second, overloads: [] });
  });

  it('does not guess between files that end with the same path', async () => {
    await using index = await openIndexOf([
      makeSymbol({ name: 'f', path: 'a/x.ts' }),
      makeSymbol({ name: 'f', path: 'b/x.ts' }),
    ]);
    await expect(resolve('x.ts:f', new CodeKnowledgeGraph({ root: '.', store: index }))).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
    });
  });
});
