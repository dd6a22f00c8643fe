import { ProjectResolver } from '../resolution/project-resolver.ts';
import type { ParsedFile } from '../parsing/language.ts';
import type { FileStamp, IndexStore } from '../store/index-store.ts';
import { unpackFacts } from './facts.ts';
import type { LayoutSnapshot } from './project-layout.ts';

/** Files whose facts are read from the store at a time. */
const PAGE_FILES = 256;

/**
 * The parsed files of an index in memory, laid out for resolution. In a process that indexes again and again (a server,
 * `watch`) it stays between runs, and only files that changed are read; whoever changed them.
 */
export class ResolutionSession {
  readonly resolver: ProjectResolver;
  /** What each file was when it was read. */
  readonly #versions = new Map<string, string>();
  #layoutDigest: string;

  private constructor({ layout, digest }: LayoutSnapshot) {
    this.resolver = new ProjectResolver(layout);
    this.#layoutDigest = digest;
  }

  /** The session of a store: the one of an earlier run where there is one. */
  static of(store: IndexStore, snapshot: LayoutSnapshot): ResolutionSession {
    let session = sessions.get(store);
    if (session === undefined) {
      session = new ResolutionSession(snapshot);
      sessions.set(store, session);
    }
    return session;
  }

  /** Reads what is not as it was. */
  async refresh(store: IndexStore, stamps: readonly FileStamp[], snapshot: LayoutSnapshot): Promise<void> {
    const gone = new Set(this.#versions.keys());
    const stale: string[] = [];
    for (const stamp of stamps) {
      gone.delete(stamp.path);
      if (this.#versions.get(stamp.path) !== versionOf(stamp)) stale.push(stamp.path);
    }
    const files: ParsedFile[] = [];
    for (let start = 0; start < stale.length; start += PAGE_FILES) {
      for (const { path, facts } of await store.facts(stale.slice(start, start + PAGE_FILES))) {
        files.push(unpackFacts(path, facts));
      }
    }
    const read = new Set(files.map(({ path }) => path));
    const removed = [...gone, ...stale.filter((path) => !read.has(path))];
    const layout = snapshot.digest === this.#layoutDigest ? undefined : snapshot.layout;
    this.resolver.update(files, removed, layout);
    this.#layoutDigest = snapshot.digest;
    for (const path of removed) this.#versions.delete(path);
    for (const stamp of stamps) if (read.has(stamp.path)) this.#versions.set(stamp.path, versionOf(stamp));
  }
}

/** One a store: it ends with it. */
const sessions = new WeakMap<IndexStore, ResolutionSession>();

/** Equal content in one language gives equal facts. */
const versionOf = ({ language, contentHash }: FileStamp): string => `${language} ${contentHash}`;
