import { compareText } from '../kernel/text/compare-text.ts';
import type { CompactGraph } from '../graph/compact-graph.ts';
import { DEFAULT_MIN_CONFIDENCE, USE_KINDS } from '../graph/edge-groups.ts';
import { DOUBT_WEIGHTS, type DeadCodeDoubt } from '../graph/dead-code.ts';
import type { DependencyCycle } from '../graph/dependency-cycles.ts';
import type { DeclaredEntry, EntryPointReason } from '../graph/entry-points.ts';
import type { GraphAnalysis } from '../graph/graph-analysis.ts';
import type { FileStamp, IndexStore } from '../store/index-store.ts';
import { describeEdges, nodeDescriber, type RelationEdge } from './relation-edge.ts';
import type { NodeSummary } from './symbol-summary.ts';
import { TextMentions, type TextMention } from './text-mention.ts';

/** The first of a longer list. */
export interface Section<Item> {
  /** How many there are in all. */
  readonly total: number;
  readonly items: readonly Item[];
}

export interface LanguageShare {
  readonly language: string;
  readonly files: number;
}

export interface FolderShare {
  /** Relative to the repository root; empty for files at the root. */
  readonly path: string;
  /** Files in it and below that are in no other folder of the list. */
  readonly files: number;
}

export interface ShownEntryPoint {
  readonly symbol: NodeSummary;
  readonly reason: EntryPointReason;
  /** Distinct symbols it uses itself. */
  readonly uses: number;
}

export interface ShownHotSpot {
  readonly symbol: NodeSummary;
  /** PageRank relative to the mean of all nodes: 50 is fifty times as central as most. */
  readonly centrality: number;
  /** Places that use it, those of tests among them. */
  readonly usedBy: number;
}

export interface ShownCycle {
  /** Everything that is on a way round, in order of ids. */
  readonly members: Section<NodeSummary>;
  /** A shortest way round. */
  readonly edges: readonly RelationEdge[];
}

export interface ShownCommunity {
  /** The folder most of its files are in. */
  readonly folder: string;
  readonly files: Section<string>;
  /** Uses and imports between its files. */
  readonly inside: number;
  /** Uses and imports between its files and others. */
  readonly outside: number;
}

export interface ShownDeadCode {
  readonly symbol: NodeSummary;
  /** Why it may be used all the same; empty where nothing speaks for it. */
  readonly doubts: readonly (DeadCodeDoubt | 'mentioned' | 'decorated')[];
  /** Where its name stands in the text besides: a value passed on, a string, a comment. */
  readonly mention?: TextMention | undefined;
}

/** Files by language, most first. */
export function languageSection(stamps: readonly FileStamp[], limit: number): Section<LanguageShare> {
  const counts = new Map<string, number>();
  for (const { language } of stamps) counts.set(language, (counts.get(language) ?? 0) + 1);
  const shares = [...counts].map(([language, files]) => ({ language, files }));
  return cut(
    shares.sort((left, right) => right.files - left.files || compareText(left.language, right.language)),
    limit,
  );
}

/** A folder with more than this share of all files is opened: its folders say more. */
const OPENED_SHARE = 0.4;

/** Folders by number of files, most first; a folder that holds nearly everything is shown as its own folders. */
export function folderSection(stamps: readonly FileStamp[], limit: number): Section<FolderShare> {
  const folders = new Map<string, readonly string[]>();
  const add = (paths: readonly string[], depth: number): void => {
    for (const [folder, inside] of Map.groupBy(paths, (path) => folderOf(path, depth))) folders.set(folder, inside);
  };
  add(
    stamps.map(({ path }) => path),
    1,
  );
  for (;;) {
    const [folder, inside] = [...folders].find(
      ([name, paths]) =>
        paths.length > OPENED_SHARE * stamps.length && paths.some((path) => path.indexOf('/', name.length + 1) > 0),
    ) ?? ['', []];
    if (inside.length === 0 || folder === '') break;
    folders.delete(folder);
    add(inside, folder.split('/').length + 1);
    if (folders.has(folder) && folders.get(folder)?.length === inside.length) break;
  }
  const shares = [...folders].map(([path, paths]) => ({ path, files: paths.length }));
  return cut(
    shares.sort((left, right) => right.files - left.files || compareText(left.path, right.path)),
    limit,
  );
}

/** The first `depth` folders of a path; fewer where it has fewer. */
function folderOf(path: string, depth: number): string {
  return path.split('/').slice(0, -1).slice(0, depth).join('/');
}

/** Where the program is entered; `declared` are files that manifests name. */
export async function entryPointSection(
  store: IndexStore,
  analysis: GraphAnalysis,
  declared: readonly DeclaredEntry[],
  limit: number,
): Promise<Section<ShownEntryPoint>> {
  const { total, items } = cut(analysis.entryPoints(declared), limit);
  const describe = await describer(store, analysis.graph, items);
  return { total, items: items.map(({ node, reason, uses }) => ({ symbol: describe(node), reason, uses })) };
}

/** What most depends on. */
export async function hotSpotSection(
  store: IndexStore,
  analysis: GraphAnalysis,
  limit: number,
): Promise<Section<ShownHotSpot>> {
  const { graph } = analysis;
  const { total, items } = cut(analysis.hotSpots(), limit);
  const describe = await describer(store, graph, items);
  const isUse = graph.selector({ kinds: USE_KINDS, minConfidence: DEFAULT_MIN_CONFIDENCE });
  return {
    total,
    items: items.map(({ node, rank }) => {
      let usedBy = 0;
      graph.forEachIncoming(node, (edge) => (usedBy += isUse(edge) ? 1 : 0));
      return { symbol: describe(node), centrality: Math.round(rank * graph.nodeCount * 10) / 10, usedBy };
    }),
  };
}

/** Members of a cycle that are named. */
const SHOWN_CYCLE_MEMBERS = 20;

/** Rings of imports or of calls. */
export async function cycleSection(
  store: IndexStore,
  graph: CompactGraph,
  cycles: readonly DependencyCycle[],
  limit: number,
): Promise<Section<ShownCycle>> {
  const { total, items } = cut(cycles, limit);
  const shown: ShownCycle[] = [];
  for (const { members, edges } of items) {
    const named = cut(members, SHOWN_CYCLE_MEMBERS);
    const describe = await describer(
      store,
      graph,
      named.items.map((node) => ({ node })),
    );
    const found = edges.map((edge, at) => ({ edge: graph.edgeOf(edge), depth: at + 1, dispatch: false }));
    shown.push({
      members: { total: named.total, items: named.items.map(describe) },
      edges: await describeEdges(store, found),
    });
  }
  return { total, items: shown };
}

/** Files of a community that are named. */
const SHOWN_COMMUNITY_FILES = 8;

/** Files that belong together. */
export function communitySection(analysis: GraphAnalysis, limit: number): Section<ShownCommunity> {
  const { graph } = analysis;
  const { total, items } = cut(analysis.communities(), limit);
  const shown = items.map(({ files, inside, outside }) => {
    const paths = files.map((file) => graph.pathOf(file));
    const folders = [...Map.groupBy(paths, (path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))];
    const [folder] = folders.sort((left, right) => right[1].length - left[1].length || compareText(left[0], right[0]));
    return { folder: folder?.[0] ?? '', files: cut(paths, SHOWN_COMMUNITY_FILES), inside, outside };
  });
  return { total, items: shown };
}

/**
 * More candidates than are shown are looked for in the text, for a name that stands elsewhere is the strongest doubt: it
 * may be passed on as a value. At least this many, or that many for each that is shown.
 */
const MIN_SEARCHED = 500;
const SEARCHED_PER_SHOWN = 4;
const ALL_DOUBT_WEIGHTS: Readonly<Record<ShownDeadCode['doubts'][number], number>> = {
  ...DOUBT_WEIGHTS,
  decorated: 4,
  mentioned: 5,
};

/**
 * Code that nothing is known to use.
 *
 * @param root - Folder of the repository, whose files are looked through for the names.
 */
export async function deadCodeSection(
  root: string,
  store: IndexStore,
  analysis: GraphAnalysis,
  limit: number,
): Promise<Section<ShownDeadCode>> {
  const { graph } = analysis;
  const { total, items } = cut(analysis.deadCode(), Math.max(MIN_SEARCHED, limit * SEARCHED_PER_SHOWN));
  const describe = await describer(store, graph, items);
  const mentions = new TextMentions(root, graph);
  const shown: ShownDeadCode[] = [];
  for (const { node, doubts } of items) {
    const symbol = describe(node);
    const mention = await mentions.find(node, symbol);
    const decorated = await mentions.isDecorated(symbol);
    const seen = [...(mention === null ? [] : ['mentioned' as const]), ...(decorated ? ['decorated' as const] : [])];
    shown.push({ symbol, doubts: [...seen, ...doubts], ...(mention === null ? {} : { mention }) });
  }
  // A stable sort: otherwise in the order of the candidates.
  const weight = ({ doubts }: ShownDeadCode): number =>
    doubts.reduce((sum, doubt) => sum + ALL_DOUBT_WEIGHTS[doubt], 0);
  shown.sort((left, right) => weight(left) - weight(right));
  return { total, items: shown.slice(0, limit) };
}

async function describer(
  store: IndexStore,
  graph: CompactGraph,
  items: readonly { readonly node: number }[],
): Promise<(node: number) => NodeSummary> {
  const describe = await nodeDescriber(
    store,
    items.map(({ node }) => graph.idOf(node)),
  );
  return (node) => describe(graph.idOf(node));
}

function cut<Item>(all: readonly Item[], limit: number): Section<Item> {
  return { total: all.length, items: all.slice(0, limit) };
}
