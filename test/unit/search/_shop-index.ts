import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { splitIdentifier } from '../../../src/kernel/text/split-identifier.ts';
import { foldText } from '../../../src/kernel/text/fold-text.ts';
import type { Chunk } from '../../../src/chunking/chunk.ts';
import type { Edge, EdgeKind, ResolutionTier, UnresolvedReason, UnresolvedReference } from '../../../src/graph/edge.ts';
import { TIER_CONFIDENCE } from '../../../src/graph/edge.ts';
import { fileNodeId, symbolId, type NodeId, type SymbolKind, type SymbolNode } from '../../../src/graph/symbol.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import type { FileEdges, IndexedFile } from '../../../src/store/index-store.ts';
import { ConceptEncoder } from './_concept-encoder.ts';

/** The repository of an imaginary shop. Indexed here by hand, so that these tests depend on no parser. */
export const SHOP_ROOT: URL = new URL('../../fixtures/search/repository/', import.meta.url);

/** Kind, qualified name and start of the first line of each definition, by file. */
const DEFINITIONS: Readonly<Record<string, readonly (readonly [SymbolKind, string, string])[]>> = {
  'android/SessionStore.java': [
    ['class', 'SessionStore', 'public class SessionStore'],
    ['constructor', 'SessionStore.SessionStore', '    public SessionStore('],
    ['method', 'SessionStore.save', '    public void save'],
    ['method', 'SessionStore.load', '    public String load'],
  ],
  'billing/invoices.py': [
    ['class', 'InvoiceBuilder', 'class InvoiceBuilder'],
    ['constructor', 'InvoiceBuilder.__init__', '    def __init__'],
    ['method', 'InvoiceBuilder.compute_tax', '    def compute_tax'],
    ['method', 'InvoiceBuilder.save', '    def save'],
  ],
  'billing/retry.py': [['function', 'retry_with_backoff', 'def retry_with_backoff']],
  'examples/cancel-order.ts': [['function', 'cancelOrderExample', 'export async function cancelOrderExample']],
  'sql/cancel_order.sql': [['procedure', 'cancel_order', 'CREATE OR REPLACE PROCEDURE']],
  'src/app.ts': [],
  'src/db/connection-pool.ts': [
    ['class', 'ConnectionPool', 'export class ConnectionPool'],
    ['constructor', 'ConnectionPool.constructor', '  constructor('],
    ['method', 'ConnectionPool.acquire', '  async acquire'],
    ['method', 'ConnectionPool.release', '  release('],
  ],
  'src/db/connection.ts': [
    ['class', 'Connection', 'export class Connection'],
    ['method', 'Connection.open', '  static async open'],
    ['constructor', 'Connection.constructor', '  constructor('],
    ['method', 'Connection.query', '  async query'],
    ['method', 'Connection.close', '  close('],
  ],
  'src/generated/orders-client.ts': [
    ['class', 'OrdersClient', 'export class OrdersClient'],
    ['method', 'OrdersClient.cancelOrder', '  async cancelOrder'],
    ['method', 'OrdersClient.placeOrder', '  async placeOrder'],
  ],
  'src/http/rate-limiter.ts': [
    ['class', 'RateLimiter', 'export class RateLimiter'],
    ['method', 'RateLimiter.tryTake', '  tryTake('],
  ],
  'src/orders/order-repository.ts': [
    ['class', 'OrderRepository', 'export class OrderRepository'],
    ['method', 'OrderRepository.findById', '  async findById'],
    ['method', 'OrderRepository.save', '  async save'],
  ],
  'src/orders/order-service.ts': [
    ['class', 'OrderService', 'export class OrderService'],
    ['constructor', 'OrderService.constructor', '  constructor('],
    ['method', 'OrderService.place', '  async place'],
    ['method', 'OrderService.cancel', '  async cancel'],
  ],
  'src/users/get-user-by-id.ts': [['function', 'getUserById', 'export async function getUserById']],
  'test/orders/order-service.test.ts': [
    ['function', 'cancelsAnOpenOrder', 'function cancelsAnOpenOrder'],
    ['function', 'refusesToCancelAShippedOrder', 'function refusesToCancelAShippedOrder'],
  ],
  'vendor/generic-pool.js': [
    ['function', 'Pool', 'function Pool'],
    ['method', 'Pool.acquire', 'Pool.prototype.acquire'],
  ],
  'worker/queue.go': [
    ['struct', 'Queue', 'type Queue struct'],
    ['method', 'Queue.Push', 'func (q *Queue) Push'],
    ['method', 'Queue.Pop', 'func (q *Queue) Pop'],
  ],
  'worker/scheduler.go': [
    ['struct', 'Scheduler', 'type Scheduler struct'],
    ['method', 'Scheduler.Run', 'func (s *Scheduler) Run'],
  ],
};

/** Source, target, line of the use; a source without `#` is a file. */
const CALLS: readonly (readonly [EdgeKind, string, string, number, ResolutionTier])[] = [
  ['instantiates', 'src/app.ts', 'src/db/connection-pool.ts#ConnectionPool', 5, 'import'],
  ['instantiates', 'src/app.ts', 'src/orders/order-service.ts#OrderService', 6, 'import'],
  ['instantiates', 'src/app.ts', 'src/orders/order-repository.ts#OrderRepository', 6, 'import'],
  ['calls', 'src/db/connection-pool.ts#ConnectionPool.acquire', 'src/db/connection.ts#Connection.open', 17, 'import'],
  ['instantiates', 'src/db/connection.ts#Connection.open', 'src/db/connection.ts#Connection', 5, 'lexical'],
  [
    'calls',
    'src/orders/order-repository.ts#OrderRepository.findById',
    'src/db/connection-pool.ts#ConnectionPool.acquire',
    8,
    'receiver',
  ],
  [
    'calls',
    'src/orders/order-repository.ts#OrderRepository.save',
    'src/db/connection-pool.ts#ConnectionPool.acquire',
    15,
    'receiver',
  ],
  [
    'calls',
    'src/orders/order-repository.ts#OrderRepository.save',
    'src/db/connection-pool.ts#ConnectionPool.release',
    17,
    'receiver',
  ],
  [
    'calls',
    'src/orders/order-service.ts#OrderService.place',
    'src/orders/order-repository.ts#OrderRepository.save',
    11,
    'receiver',
  ],
  [
    'calls',
    'src/orders/order-service.ts#OrderService.cancel',
    'src/orders/order-repository.ts#OrderRepository.findById',
    17,
    'receiver',
  ],
  [
    'calls',
    'src/orders/order-service.ts#OrderService.cancel',
    'src/orders/order-repository.ts#OrderRepository.save',
    21,
    'receiver',
  ],
  ['calls', 'billing/invoices.py#InvoiceBuilder.save', 'billing/retry.py#retry_with_backoff', 18, 'import'],
  ['calls', 'worker/scheduler.go#Scheduler.Run', 'worker/queue.go#Queue.Push', 18, 'receiver'],
  [
    'instantiates',
    'test/orders/order-service.test.ts#cancelsAnOpenOrder',
    'src/orders/order-service.ts#OrderService',
    5,
    'import',
  ],
  [
    'calls',
    'test/orders/order-service.test.ts#cancelsAnOpenOrder',
    'src/orders/order-service.ts#OrderService.cancel',
    6,
    'receiver',
  ],
  [
    'calls',
    'test/orders/order-service.test.ts#refusesToCancelAShippedOrder',
    'src/orders/order-service.ts#OrderService.cancel',
    13,
    'receiver',
  ],
  [
    'calls',
    'src/users/get-user-by-id.ts#getUserById',
    'src/db/connection-pool.ts#ConnectionPool.release',
    7,
    'unique-name',
  ],
];

const UNRESOLVED: readonly (readonly [string, string, UnresolvedReason, number])[] = [
  ['src/users/get-user-by-id.ts#getUserById', 'pool.acquire', 'unknown-receiver', 5],
  ['examples/cancel-order.ts#cancelOrderExample', 'service.cancel', 'external', 6],
  ['src/orders/order-service.ts#OrderService.cancel', 'refundPayment', 'not-found', 20],
  ['billing/invoices.py#InvoiceBuilder.save', 'send_mail', 'not-found', 18],
];

const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'javascript',
  py: 'python',
  go: 'go',
  java: 'java',
  sql: 'sql',
};

const nodeOf = (reference: string): NodeId => {
  const [path = '', name] = reference.split('#');
  return name === undefined ? fileNodeId(path) : symbolId(path, name, 1);
};

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** A definition ends with the bracket, or before the line, that stands as far left as its first line. */
function lastLineOf(lines: readonly string[], first: number): number {
  const indent = indentOf(lines[first] ?? '');
  let last = first;
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) > indent || /^(?:BEGIN|\{)/u.test(line)) last = at;
    else return /^\s*(?:\}|END)/u.test(line) ? at : last;
  }
  return last;
}

function readDefinitions(path: string, lines: readonly string[]): SymbolNode[] {
  const offsets: number[] = [];
  lines.reduce((offset, line) => (offsets.push(offset), offset + line.length + 1), 0);
  const language = LANGUAGES[path.slice(path.lastIndexOf('.') + 1)] ?? '';
  const names = new Set(DEFINITIONS[path]?.map(([, name]) => name));
  return (DEFINITIONS[path] ?? []).map(([kind, qualifiedName, prefix]) => {
    const first = lines.findIndex((line) => line.startsWith(prefix));
    if (first < 0) throw new Error(`${path} has no line that starts with "${prefix}"`);
    const last = lastLineOf(lines, first);
    const scope = qualifiedName.slice(0, Math.max(0, qualifiedName.lastIndexOf('.')));
    const endColumn = lines[last]?.length ?? 0;
    return {
      id: symbolId(path, qualifiedName, 1),
      kind,
      name: qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1),
      qualifiedName,
      path,
      language,
      range: {
        start: { line: first, column: indentOf(prefix) },
        end: { line: last, column: endColumn },
        startOffset: offsets[first] ?? 0,
        endOffset: (offsets[last] ?? 0) + endColumn,
      },
      signature: (lines[first] ?? '').trim(),
      documentation: documentationOf(lines, first),
      parentId: names.has(scope) ? symbolId(path, scope, 1) : null,
      exported: true,
    };
  });
}

function documentationOf(lines: readonly string[], first: number): string {
  const above = lines[first - 1] ?? '';
  const inside = lines[first + 1] ?? '';
  const text = /^\s*(?:\/\/|\/\*|--)/u.test(above) ? above : inside.includes('"""') ? inside : '';
  return text.replaceAll(/["/*]|--/gu, '').trim();
}

const words = (text: string): string =>
  [...splitIdentifier(text), ...(text.match(/\w+/gu) ?? []).map(foldText)].join(' ');

/** One chunk a definition without the definitions inside it, or one for a file without any. */
function makeChunks(path: string, lines: readonly string[], symbols: readonly SymbolNode[]): Chunk[] {
  const chunk = (definition: number, first: number, last: number, name: string, body: string): Chunk => {
    const text = `${path}\n${name}\n${body}`;
    const contentHash = createHash('sha256').update(text).digest('hex');
    return {
      definition,
      startLine: first + 1,
      endLine: last + 1,
      text,
      contentHash,
      words: { name: words(name), path: words(path), body: words(body) },
    };
  };
  if (symbols.length === 0) return [chunk(-1, 0, lines.length - 1, '', lines.join('\n'))];
  return symbols.map(({ id, range, qualifiedName, documentation }, index) => {
    const inner = new Set<number>();
    for (const { range: other, parentId } of symbols) {
      if (parentId === id) for (let line = other.start.line; line <= other.end.line; line++) inner.add(line);
    }
    const body = lines.filter((_, line) => line >= range.start.line && line <= range.end.line && !inner.has(line));
    return chunk(index, range.start.line, range.end.line, qualifiedName, [documentation, ...body].join('\n'));
  });
}

function readFile(path: string): IndexedFile {
  const bytes = readFileSync(new URL(path, SHOP_ROOT));
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const symbols = readDefinitions(path, lines);
  const language = LANGUAGES[path.slice(path.lastIndexOf('.') + 1)] ?? '';
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  return {
    stamp: { path, language, contentHash, sizeBytes: bytes.length, mtimeMs: 0 },
    symbols,
    chunks: makeChunks(path, lines, symbols),
    facts: new Uint8Array(),
    diagnostics: [],
  };
}

function edgesOf({ stamp: { path, contentHash }, symbols }: IndexedFile): FileEdges {
  const isHere = (reference: string): boolean => reference === path || reference.startsWith(`${path}#`);
  const contains = symbols.map((symbol): Edge => ({
    kind: 'contains',
    source: symbol.parentId ?? fileNodeId(path),
    target: symbol.id,
    tier: 'syntax',
    confidence: 1,
    site: { path, line: symbol.range.start.line + 1, column: 1 },
  }));
  const calls = CALLS.filter(([, source]) => isHere(source)).map(([kind, source, target, line, tier]): Edge => ({
    kind,
    source: nodeOf(source),
    target: nodeOf(target),
    tier,
    confidence: TIER_CONFIDENCE[tier],
    site: { path, line, column: 5 },
  }));
  const unresolved = UNRESOLVED.filter(([source]) => isHere(source)).map(
    ([source, name, reason, line]): UnresolvedReference => ({
      kind: 'calls',
      source: nodeOf(source),
      name,
      reason,
      candidateCount: 0,
      site: { path, line, column: 5 },
    }),
  );
  return { path, edges: [...contains, ...calls], unresolved, digest: contentHash };
}

/** Opens the index of the shop in memory; without an encoder it holds no vectors, as after `index --no-embed`. */
export async function openShopIndex(encoder: ConceptEncoder | null = new ConceptEncoder()): Promise<EmbeddedStore> {
  const store = await EmbeddedStore.open(':memory:');
  const files = Object.keys(DEFINITIONS).map(readFile);
  await store.applyFiles({ upsert: files, remove: [] });
  await store.replaceEdges(files.map(edgesOf));
  if (encoder === null) return store;
  const pending = await store.pendingEmbeddings(10_000);
  const vectors = await encoder.encodeDocument(pending.map(({ text }) => text));
  await store.putEmbeddings(
    pending.map(({ contentHash }) => contentHash),
    vectors.data,
    vectors.dimensions,
  );
  await store.setMeta({ 'model.id': encoder.identity.id, 'model.fingerprint': encoder.identity.fingerprint });
  return store;
}
