import { basename } from 'node:path';
import { USE_KINDS } from '../graph/edge-groups.ts';
import { UNRESOLVED_REASONS } from '../graph/edge.ts';
import type { IndexCounts, IndexStore } from '../store/index-store.ts';
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
}

export const DEFAULT_OVERVIEW_LIMIT = 10;

/** What there is to see in a repository. Sections that were not asked for are missing. */
export interface Overview {
  readonly repository: { readonly name: string };
  readonly counts: Pick<IndexCounts, 'files' | 'symbols' | 'edges'>;
  readonly languages?: Section<LanguageShare>;
  readonly folders?: Section<FolderShare>;
  readonly entryPoints?: Section<ShownEntryPoint>;
  readonly hotSpots?: Section<ShownHotSpot>;
  /** Rings of imports between files, and of calls between symbols. */
  readonly cycles?: { readonly files: Section<ShownCycle>; readonly calls: Section<ShownCycle> };
  readonly communities?: Section<ShownCommunity>;
  readonly deadCode?: Section<ShownDeadCode>;
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
  const analysis = await loaded.analysis();
  const { graph } = analysis;
  const stamps = await store.fileStamps();
  const program = stamps.filter(({ path }) => loaded.isProgram(path));
  const { files, symbols, edges } = await store.counts();
  const has = (section: OverviewSection): boolean => sections.includes(section);
  const completeness = new CompletenessCount();
  for (const reason of UNRESOLVED_REASONS) completeness.add(reason, graph.unresolvedTotal(reason));
  const isUse = graph.selector({ kinds: USE_KINDS });
  let uses = 0;
  for (let edge = 0; edge < graph.edgeCount; edge++) uses += isUse(edge) ? 1 : 0;
  return {
    repository: { name: basename(root) },
    counts: { files, symbols, edges },
    ...(has('languages') ? { languages: languageSection(stamps, limit) } : {}),
    ...(has('folders') ? { folders: folderSection(program.length > 0 ? program : stamps, limit) } : {}),
    ...(has('entry-points') ? { entryPoints: await entryPointSection(store, analysis, limit) } : {}),
    ...(has('hot-spots') ? { hotSpots: await hotSpotSection(store, analysis, limit) } : {}),
    ...(has('cycles')
      ? {
          cycles: {
            files: await cycleSection(store, graph, analysis.fileCycles(), limit),
            calls: await cycleSection(store, graph, analysis.callCycles(), limit),
          },
        }
      : {}),
    ...(has('communities') ? { communities: communitySection(analysis, limit) } : {}),
    ...(has('dead-code') ? { deadCode: await deadCodeSection(root, store, analysis, limit) } : {}),
    completeness: completeness.total(uses),
  };
}
