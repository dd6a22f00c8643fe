import { hash } from 'node:crypto';
import type { FileEdges, IndexStore } from '../../store/index-store.ts';
import { packDependencies } from '../dependency-bytes.ts';
import { INDEX_META } from '../index-meta.ts';
import type { LayoutSnapshot } from '../project-layout.ts';
import { ResolutionSession } from '../resolution-session.ts';
import { findAffected } from './find-affected.ts';

/** How often resolution starts again because another run changed files meanwhile. */
const MAX_ATTEMPTS = 3;
/** Edges and references that are held in memory before they are written. */
const BATCH_ROWS = 20_000;

export interface ResolveEdgesInput {
  readonly store: IndexStore;
  readonly snapshot: LayoutSnapshot;
  /** Facts about the run, stored with the last edges. */
  readonly meta: Readonly<Record<string, string>>;
  /** Resolve every file, whatever is stored. @defaultValue false */
  readonly full?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of one {@link resolveEdges}. */
export interface ResolveEdgesResult {
  /** Edges in the repository. */
  readonly edges: number;
  /** Files whose references were resolved. */
  readonly resolved: number;
}

/**
 * Makes the edges of every file that is affected by what changed since edges were last made, and writes those that are
 * others than stored. What a file's edges are made from is stored with them; see `resolution/dependencies.ts`. The
 * result equals that of a run that resolves all files, which `codegraphai verify` shows.
 */
export async function resolveEdges(input: ResolveEdgesInput): Promise<ResolveEdgesResult> {
  const { store, meta } = input;
  for (let attempt = 1; ; attempt++) {
    const before = await store.getMeta(INDEX_META.edgesStale);
    const full = input.full === true || attempt > 1 || (await mustResolveAll(store));
    const { rest, resolved } = await resolveAffected(input, full);
    const undisturbed = (await store.getMeta(INDEX_META.edgesStale)) === before;
    if (!undisturbed && attempt < MAX_ATTEMPTS) continue;
    // Where another run keeps changing files the marks stay, and whichever run comes last resolves all of them.
    const marks = undisturbed
      ? {
          ...meta,
          [INDEX_META.edgesStale]: '0',
          [INDEX_META.edgesPartial]: '0',
          [INDEX_META.layout]: input.snapshot.digest,
        }
      : { ...meta, [INDEX_META.edgesPartial]: '1' };
    await store.replaceEdges(rest, marks, undisturbed);
    return { edges: (await store.counts()).edges, resolved };
  }
}

/** Edges of several states are stored, as a run was stopped half-way; or none yet. */
async function mustResolveAll(store: IndexStore): Promise<boolean> {
  const partial = await store.getMeta(INDEX_META.edgesPartial);
  return partial !== '0' || (await store.getMeta(INDEX_META.layout)) === undefined;
}

/** Resolves what is affected; of what is to be written the `rest` is not yet. */
async function resolveAffected(
  { store, snapshot, signal }: ResolveEdgesInput,
  full: boolean,
): Promise<{ readonly rest: readonly FileEdges[]; readonly resolved: number }> {
  const stamps = await store.fileStamps();
  const session = ResolutionSession.of(store, snapshot);
  await session.refresh(store, stamps, snapshot);
  signal?.throwIfAborted();
  const { resolver } = session;
  const edgeSets = await store.edgeSets();
  const paths = stamps.map(({ path }) => path);
  const layoutChanged = (await store.getMeta(INDEX_META.layout)) !== snapshot.digest;
  const affected = full
    ? paths
    : findAffected({ resolver, paths, edgeSets, previous: await store.previousFacts(), layoutChanged });
  const stored = new Map(edgeSets.map((set) => [set.path, set]));
  let batch: FileEdges[] = [];
  let rows = 0;
  for (const path of affected) {
    if (resolver.file(path) === undefined) continue; // Removed by another run meanwhile.
    const { file, dependencies } = resolver.resolve(path);
    const resolved: FileEdges = { ...file, digest: digestOf(file), dependencies: packDependencies(dependencies) };
    if (isStored(resolved, stored.get(path))) continue;
    batch.push(resolved);
    rows += file.edges.length + file.unresolved.length;
    if (rows < BATCH_ROWS) continue;
    signal?.throwIfAborted();
    await store.replaceEdges(batch, { [INDEX_META.edgesPartial]: '1' });
    batch = [];
    rows = 0;
  }
  signal?.throwIfAborted();
  return { rest: batch, resolved: affected.length };
}

function digestOf({ path, edges, unresolved }: Pick<FileEdges, 'path' | 'edges' | 'unresolved'>): string {
  // A flat list of fields, always the same of each: half the text of the objects, and as unambiguous.
  const fields: (string | number)[] = [edges.length];
  for (const { kind, source, target, tier, confidence, site } of edges)
    fields.push(kind, source, target, tier, confidence, site.path === path ? 0 : site.path, site.line, site.column);
  for (const { kind, source, name, reason, candidateCount, site } of unresolved)
    fields.push(kind, source, name, reason, candidateCount, site.path === path ? 0 : site.path, site.line, site.column);
  return hash('sha256', JSON.stringify(fields), 'base64');
}

function isStored(
  resolved: FileEdges,
  stored: { readonly digest: string; readonly dependencies: Uint8Array } | undefined,
): boolean {
  return (
    stored?.digest === resolved.digest && Buffer.compare(stored.dependencies, resolved.dependencies ?? NOTHING) === 0
  );
}

const NOTHING = new Uint8Array(0);
