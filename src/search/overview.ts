import { basename } from 'node:path';
import { USE_KINDS } from '../graph/edge-groups.ts';
import { UNRESOLVED_REASONS } from '../graph/edge.ts';
import type { CompactGraph } from '../graph/compact-graph.ts';
import type { DeclaredEntry } from '../graph/entry-points.ts';
import type { FileStamp, IndexCounts, IndexStore } from '../store/index-store.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import {
  communitySection,
  cycleSection,
  deadCodeSection,
  entryPointSection,
  folderSection,
  hotSpotSection,
  languageSection,
  type FolderShare,
  type LanguageShare,
  type Section,
  type ShownCommunity,
  type ShownCycle,
  type ShownDeadCode,
  type ShownEntryPoint,
  type ShownHotSpot,
} from './overview-sections.ts';
import { CompletenessCount, type Completeness } from './relation-edge.ts';

/** Parts of an overview, in the order they are shown. */
export const OVERVIEW_SECTIONS = [
  'languages',
  'folders',
  'entry-points',
  'hot-spots',
  'cycles',
  'communities',
  'dead-code',
] as const;
export type OverviewSection = (typeof OVERVIEW_SECTIONS)[number];

export interface OverviewOptions {
  /** @defaultValue all */
  readonly sections?: readonly OverviewSection[] | undefined;
  /** Most items of each section. @defaultValue {@link DEFAULT_OVERVIEW_LIMIT} */
  readonly limit?: number | undefined;
  /** Reads the manifests beside and above the files of the index. @defaultValue they are not read; `CodeGraph` does */
  readonly readManifests?: ((paths: readonly string[]) => Promise<OverviewManifests>) | undefined;
}

/** What manifests say of a repository. */
export interface OverviewManifests {
  readonly description: string | null;
  readonly entries: readonly DeclaredEntry[];
}

const NO_MANIFESTS: OverviewManifests = Object.freeze({ description: null, entries: [] });

export const DEFAULT_OVERVIEW_LIMIT = 10;

/** What there is to see in a repository. Sections that were not asked for are undefined. */
export interface Overview {
  readonly repository: {
    /** Of its folder. */
    readonly name: string;
    /** Of the package in its root; null where none says. */
    readonly description: string | null;
  };
  readonly counts: Pick<IndexCounts, 'files' | 'symbols' | 'edges'>;
  readonly languages?: Section<LanguageShare> | undefined;
  readonly folders?: Section<FolderShare> | undefined;
  readonly entryPoints?: Section<ShownEntryPoint> | undefined;
  readonly hotSpots?: Section<ShownHotSpot> | undefined;
  /** Rings of imports between files, and of calls between symbols. */
  readonly cycles?: { readonly files: Section<ShownCycle>; readonly calls: Section<ShownCycle> } | undefined;
  readonly communities?: Section<ShownCommunity> | undefined;
  readonly deadCode?: Section<ShownDeadCode> | undefined;
  /** Of all references of the repository, to what is outside of it among them. */
  readonly completeness: Completeness;
}

/** Tells what a repository is made of: the first thing to read in an unknown one. */
export async function makeOverview(
  root: string,
  store: IndexStore,
  loaded: LoadedGraph,
  options: OverviewOptions = {},
): Promise<Overview> {
  const { sections = OVERVIEW_SECTIONS, limit = DEFAULT_OVERVIEW_LIMIT } = options;
  const { readManifests = async () => NO_MANIFESTS } = options;
  const analysis = await loaded.analysis();
  const { graph } = analysis;
  const answers = graph.remember('overview answers', () => new Map<string, unknown>());
  /** What was read from the store and from files for a graph is good for it as long as it is. */
  const once = async <Answer>(name: string, read: () => Promise<Answer>): Promise<Answer> => {
    if (!answers.has(name)) answers.set(name, await read());
    return answers.get(name) as Answer; // Each name has one kind of answer.
  };
  const stamps = await once('stamps', () => store.fileStamps());
  const manifests = await once('manifests', () => readManifests(stamps.map(({ path }) => path)));
  const section = async <Answer>(name: OverviewSection, read: () => Promise<Answer>): Promise<Answer | undefined> =>
    sections.includes(name) ? await once(`${name} ${limit}`, read) : undefined;
  return {
    repository: { name: basename(root), description: manifests.description },
    counts: graph.remember('overview counts', () => countAll(graph, stamps.length)),
    languages: await section('languages', async () => languageSection(stamps, limit)),
    folders: await section('folders', async () => folderSection(programFiles(loaded, stamps), limit)),
    entryPoints: await section('entry-points', () => entryPointSection(store, analysis, manifests.entries, limit)),
    hotSpots: await section('hot-spots', () => hotSpotSection(store, analysis, limit)),
    cycles: await section('cycles', async () => ({
      files: await cycleSection(store, graph, analysis.fileCycles(), limit),
      calls: await cycleSection(store, graph, analysis.callCycles(), limit),
    })),
    communities: await section('communities', async () => communitySection(analysis, limit)),
    deadCode: await section('dead-code', () => deadCodeSection(root, store, analysis, limit)),
    completeness: graph.remember('overview completeness', () => measureCompleteness(graph)),
  };
}

/** Files of the program; all of them where everything is a test or an example. */
function programFiles(loaded: LoadedGraph, stamps: readonly FileStamp[]): readonly FileStamp[] {
  const program = stamps.filter(({ path }) => loaded.isProgram(path));
  return program.length > 0 ? program : stamps;
}

function countAll(graph: CompactGraph, files: number): Overview['counts'] {
  const symbols = graph.nodes.languages.reduce((sum, language) => sum + (language === 0 ? 0 : 1), 0);
  return { files, symbols, edges: graph.edgeCount };
}

function measureCompleteness(graph: CompactGraph): Completeness {
  const completeness = new CompletenessCount();
  for (const reason of UNRESOLVED_REASONS) completeness.add(reason, graph.unresolvedTotal(reason));
  const isUse = graph.selector({ kinds: USE_KINDS });
  let uses = 0;
  for (let edge = 0; edge < graph.edgeCount; edge++) uses += isUse(edge) ? 1 : 0;
  return completeness.total(uses);
}
