import type { AbortableOptions } from '../kernel/abort.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import type { WeightPrecision } from '../model/weight-precision.ts';
import type { IndexStore } from '../store/index-store.ts';
import { discover, type SkippedFile } from './discovery/discover.ts';
import { SKIP_EXPLANATIONS } from './discovery/skip-rules.ts';
import { FACTS_VERSION } from './facts.ts';
import { INDEX_META } from './index-meta.ts';
import { countFailures, countReasons, reportModel, StageClock, type IndexReport } from './index-report.ts';
import { MODEL_LAYER, type ModelOpener } from './model-opener.ts';
import type { IndexProgressListener } from './progress.ts';
import { withParsePool } from './spare-pool.ts';
import { detectChanges } from './stages/detect-changes.ts';
import { parseFiles } from './stages/parse-files.ts';
import { updateEdges } from './stages/update-edges.ts';
import { updateVectors, type UpdateVectorsResult } from './stages/update-vectors.ts';

/** An index is tidied when more than this share of its files has changed since it last was, in one run or in many. */
const UNTIDIED_SHARE = 0.05;

/** What is indexed and where to: a `CodeKnowledgeGraph` is one. */
export interface IndexTarget {
  /** Folder of the repository, absolute. */
  readonly root: string;
  readonly store: IndexStore;
}

export interface FastIndexerOptions {
  readonly knowledgeGraph: IndexTarget;
  /**
   * Hub id or folder of the embedding model; null for the default order: the best one on this machine, else the one
   * that ships with the package. @defaultValue null
   */
  readonly embeddingModel?: string | null | undefined;
  /**
   * What becomes of float weights: `auto`, `float32` or `int8`. Kept with the index, for its questions. @defaultValue `auto`
   */
  readonly weightPrecision?: WeightPrecision | undefined;
  /** Fail where the model cannot be loaded, instead of taking the next. @defaultValue false */
  readonly strict?: boolean | undefined;
  /** Never use the network. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** @defaultValue the model layer itself */
  readonly modelOpener?: ModelOpener | undefined;
  /** Threads for parsing and encoding; 0 parses in this one. @defaultValue the number of cores; for parsing at most 4 */
  readonly workers?: number | undefined;
  readonly logger?: Logger | undefined;
}

export interface RunIndexOptions extends AbortableOptions {
  /** Parse every file again, whether it changed or not. @defaultValue false */
  readonly full?: boolean | undefined;
  /** Encode chunks; without, only keyword search and the graph work. @defaultValue true */
  readonly embed?: boolean | undefined;
  /**
   * A SCIP index, relative to the root: what it says of a use comes before everything found here. Null for none, not even
   * that in the root. Either is kept for later runs.
   * @defaultValue that of the last run; else `index.scip` in the root, if there is one
   */
  readonly scip?: string | null | undefined;
  readonly onProgress?: IndexProgressListener | undefined;
}

/**
 * Brings the index of a repository up to date: finds files, parses what changed, resolves references, encodes what has
 * no vector. Each batch is one transaction, so a run that was killed or aborted is taken up where it stopped, and its
 * result equals that of an undisturbed run.
 */
export class FastIndexer {
  readonly #target: IndexTarget;
  readonly #options: FastIndexerOptions;
  readonly #logger: Logger;

  constructor(options: FastIndexerOptions) {
    this.#target = options.knowledgeGraph;
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * @throws {@link IndexingError} when the root cannot be indexed at all.
   * @throws {@link StoreError} when the index cannot be read or written.
   */
  async index(options: RunIndexOptions = {}): Promise<IndexReport> {
    const { root, store } = this.#target;
    const { signal } = options;
    const onProgress = options.onProgress ?? (() => undefined);
    const clock = new StageClock();

    onProgress({ stage: 'discover', state: 'started', files: 0, skipped: 0 });
    const startedAtMs = Date.now();
    const discovery = await discover(root, { signal });
    onProgress({ stage: 'discover', state: 'done', files: discovery.files.length, skipped: discovery.skipped.length });
    this.#logger.debug('files found', {
      files: discovery.files.length,
      skipped: discovery.skipped.length,
      method: discovery.method,
    });
    this.#logSkipped(discovery.skipped);
    clock.lap('discover');

    const full = options.full === true || (await store.getMeta(INDEX_META.factsVersion)) !== String(FACTS_VERSION);
    const stamps = await store.fileStamps();
    const lastRun = Number((await store.getMeta(INDEX_META.startedAt)) ?? 0);
    const changes = detectChanges(discovery.files, stamps, lastRun, full);
    const parsed = await this.#parse({ discoveryRoot: root, changes, stamps, full, onProgress, signal });
    this.#logSkipped(parsed.skipped);
    clock.lap('parse');

    const paths = [...discovery.files, ...discovery.skipped].map(({ path }) => path);
    const resolved = await updateEdges({
      root,
      store,
      paths,
      startedAtMs,
      full,
      scip: options.scip,
      onProgress,
      signal,
    });
    clock.lap('resolve');

    const reused = (await store.counts()).embedded;
    const embedding = options.embed === false ? NOTHING_EMBEDDED : await this.#embed(onProgress, signal);
    clock.lap('embed');
    const changed = parsed.parsed + parsed.removed + embedding.embedded;
    if (changed > 0) await this.#tidy(changed, stamps.length);

    const counts = await store.counts();
    const skipped: SkippedFile[] = [...discovery.skipped, ...parsed.skipped];
    const diagnostics = [
      ...embedding.diagnostics,
      ...discovery.diagnostics,
      ...parsed.diagnostics,
      ...resolved.diagnostics,
      ...(await store.diagnostics()),
    ];
    return {
      files: {
        seen: paths.length,
        parsed: parsed.parsed,
        unchanged: changes.unchanged.length + parsed.unchanged,
        removed: parsed.removed,
        skipped: skipped.length,
        failed: countFailures(diagnostics),
        skippedByReason: countReasons(skipped),
      },
      symbols: counts.symbols,
      edges: counts.edges,
      chunks: counts.chunks,
      embedded: embedding.embedded,
      reused: embedding.reusable ? reused : 0,
      tokens: embedding.tokens,
      model: reportModel(embedding.model),
      scip: resolved.scip,
      diagnostics,
      tookMs: clock.finish(),
    };
  }

  /** Reads the whole index, so not for a change of a few files; what those leave behind must not pile up either. */
  async #tidy(changed: number, files: number): Promise<void> {
    const { store } = this.#target;
    const untidied = Number((await store.getMeta(INDEX_META.untidied)) ?? 0) + changed;
    const isDue = untidied > UNTIDIED_SHARE * files;
    if (isDue) await store.optimize();
    await store.setMeta({ [INDEX_META.untidied]: isDue ? '0' : String(untidied) });
  }

  #logSkipped(skipped: readonly SkippedFile[]): void {
    for (const { path, reason, detail } of skipped) {
      this.#logger.debug(`left out: ${SKIP_EXPLANATIONS[reason]}`, { path, reason, detail });
    }
  }

  async #parse(input: {
    readonly discoveryRoot: string;
    readonly changes: ReturnType<typeof detectChanges>;
    readonly stamps: Awaited<ReturnType<IndexStore['fileStamps']>>;
    readonly full: boolean;
    readonly onProgress: IndexProgressListener;
    readonly signal: AbortSignal | undefined;
  }): ReturnType<typeof parseFiles> {
    const { candidates, removed } = input.changes;
    if (candidates.length === 0 && removed.length === 0) {
      return { parsed: 0, unchanged: 0, removed: 0, skipped: [], diagnostics: [] };
    }
    return await withParsePool(this.#options.workers, candidates.length, async (pool) =>
      parseFiles({
        root: input.discoveryRoot,
        store: this.#target.store,
        pool,
        candidates,
        removed,
        stamps: input.stamps,
        full: input.full,
        onProgress: input.onProgress,
        signal: input.signal,
      }),
    );
  }

  async #embed(onProgress: IndexProgressListener, signal: AbortSignal | undefined): Promise<UpdateVectorsResult> {
    const {
      embeddingModel = null,
      modelOpener = MODEL_LAYER,
      weightPrecision,
      strict,
      offline,
      workers,
    } = this.#options;
    return await updateVectors({
      store: this.#target.store,
      embeddingModel,
      opener: modelOpener,
      encoderOptions: {
        root: this.#target.root,
        weightPrecision,
        strict,
        offline,
        workers: workers === 0 ? 1 : workers,
        logger: this.#logger,
        signal,
        onDownload: ({ id, bytesDone, bytesTotal, remainingMs }) =>
          onProgress({ stage: 'model', state: 'downloading', id, bytesDone, bytesTotal, remainingMs }),
      },
      onProgress,
      logger: this.#logger,
    });
  }
}

const NOTHING_EMBEDDED: UpdateVectorsResult = Object.freeze({
  embedded: 0,
  tokens: 0,
  reusable: true,
  model: null,
  diagnostics: [],
});
