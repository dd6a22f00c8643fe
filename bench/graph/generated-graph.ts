import type { Edge, EdgeKind } from '../../src/graph/edge.ts';
import { fileNodeId, symbolId, type SymbolNode } from '../../src/graph/symbol.ts';

/** One file of a generated repository. */
export interface GeneratedFile {
  readonly path: string;
  readonly symbols: readonly SymbolNode[];
  readonly edges: readonly Edge[];
}

export interface GeneratedGraphOptions {
  readonly symbols: number;
  /** Besides those from files to their symbols. */
  readonly edges: number;
  readonly seed: number;
}

const SYMBOLS_PER_FILE = 12;
const FILES_PER_FOLDER = 20;
/** Of all uses, those that stay in the file, and those that stay in the folder; the rest go anywhere. */
const IN_FILE = 0.35;
const IN_FOLDER = 0.75;
/** Exponent of the popularity of symbols: in-degrees of programs follow power laws of about 2 to 2.5. */
const POPULARITY = 2.2;
/** Shares of edge kinds, as in this repository's own index. */
const KINDS: readonly (readonly [EdgeKind, number])[] = [
  ['calls', 0.62],
  ['references', 0.9],
  ['instantiates', 0.96],
  ['extends', 0.98],
  ['overrides', 1],
];

/** Uniform numbers below 1, the same for a seed on every machine (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A repository that was never written: files in folders, symbols that mostly use their neighbours, and a few that all use. */
export function generateGraph({
  symbols: symbolCount,
  edges: edgeCount,
  seed,
}: GeneratedGraphOptions): GeneratedFile[] {
  const random = randomNumbers(seed);
  const symbols = Array.from({ length: symbolCount }, (_, number) => makeSymbol(number));
  const edges = new Map<string, Edge[]>();
  for (const symbol of symbols) {
    const site = { path: symbol.path, line: symbol.range.start.line + 1, column: 1 };
    const contains = { kind: 'contains', tier: 'syntax', confidence: 1, site } as const;
    const list = edges.get(symbol.path) ?? [];
    list.push({ ...contains, source: fileNodeId(symbol.path), target: symbol.id });
    edges.set(symbol.path, list);
  }
  const perFolder = SYMBOLS_PER_FILE * FILES_PER_FOLDER;
  for (let edge = 0; edge < edgeCount; edge++) {
    const from = Math.floor(random() * symbolCount);
    const where = random();
    const [first, span] =
      where < IN_FILE
        ? [from - (from % SYMBOLS_PER_FILE), SYMBOLS_PER_FILE]
        : where < IN_FOLDER
          ? [from - (from % perFolder), perFolder]
          : [0, symbolCount];
    const to = (first + Math.floor(span * random() ** POPULARITY)) % symbolCount;
    const [source, target] = [symbols[from], symbols[to]];
    if (source === undefined || target === undefined) continue;
    const chance = random();
    const kind = KINDS.find(([, upTo]) => chance < upTo)?.[0] ?? 'calls';
    const site = { path: source.path, line: source.range.start.line + 1 + Math.floor(random() * 8), column: 5 };
    const tier = source.path === target.path ? 'lexical' : 'import';
    const confidence = tier === 'lexical' ? 0.98 : 0.97;
    edges.get(source.path)?.push({ kind, source: source.id, target: target.id, tier, confidence, site });
  }
  return [...Map.groupBy(symbols, ({ path }) => path)].map(([path, inFile]) => ({
    path,
    symbols: inFile,
    edges: edges.get(path) ?? [],
  }));
}

function makeSymbol(number: number): SymbolNode {
  const file = Math.floor(number / SYMBOLS_PER_FILE);
  const path = `src/folder${Math.floor(file / FILES_PER_FOLDER)}/file${file}.ts`;
  const name = `symbol${number}`;
  const line = (number % SYMBOLS_PER_FILE) * 10;
  return {
    id: symbolId(path, name, 1),
    kind: 'function',
    name,
    qualifiedName: name,
    path,
    language: 'typescript',
    range: {
      start: { line, column: 0 },
      end: { line: line + 9, column: 1 },
      startOffset: line * 40,
      endOffset: line * 40 + 360,
    },
    signature: `function ${name}(value: string): Promise<void>`,
    documentation: '',
    parentId: null,
    exported: number % 3 === 0,
  };
}
