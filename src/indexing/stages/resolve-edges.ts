import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ParsedFile } from '../../parsing/language.ts';
import { resolveReferences } from '../../resolution/resolve-references.ts';
import type { FileEdges, IndexStore } from '../../store/index-store.ts';
import { unpackFacts } from '../facts.ts';
import { INDEX_META } from '../index-meta.ts';

/** Files that steer how imports are resolved; they are read, not indexed. */
const MANIFEST_NAMES = new Set([
  'package.json',
  'go.mod',
  'tsconfig.json',
  'jsconfig.json',
  'pyproject.toml',
  'setup.cfg',
  'pom.xml',
]);
/** Manifests are small; anything larger is not one (CWE-400). */
const MAX_MANIFEST_BYTES = 1 << 20;

/** How often resolution starts again because another run changed files meanwhile. */
const MAX_ATTEMPTS = 3;

function isManifest(path: string): boolean {
  const name = basename(path);
  return MANIFEST_NAMES.has(name) || (name.startsWith('tsconfig.') && name.endsWith('.json'));
}

/** Reads a small file of the repository; undefined where there is none, or it is no regular file. */
function readManifest(root: string, path: string): string | undefined {
  const full = join(root, path);
  const found = lstatSync(full, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size > MAX_MANIFEST_BYTES) return undefined;
  try {
    return readFileSync(full, 'utf8');
  } catch {
    return undefined; // May not be read: imports are resolved as if there were none, and again once its content shows.
  }
}

/** Changes when any manifest does: edges are then resolved again although no source file changed. */
export function manifestDigest(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.filter(isManifest)) hash.update(`${path}\0${readManifest(root, path) ?? ''}\0`);
  return hash.digest('hex');
}

/**
 * Resolves every reference of the repository from the stored facts, and writes the edges of the files where they differ
 * from what is stored. Because all of it is resolved anew from the same facts, an incremental run and a full one give
 * the same edges.
 *
 * @param paths - Every path discovery saw, manifests included.
 * @returns The number of edges in the repository.
 */
export async function resolveEdges(
  store: IndexStore,
  root: string,
  paths: readonly string[],
  meta: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const before = await store.getMeta(INDEX_META.edgesStale);
    const { changed, edgeCount } = await resolveChanged(store, root, paths, signal);
    const undisturbed = (await store.getMeta(INDEX_META.edgesStale)) === before;
    if (!undisturbed && attempt < MAX_ATTEMPTS) continue;
    // Where another run keeps changing files the mark stays, and the edges are resolved by whichever run comes last.
    await store.replaceEdges(changed, undisturbed ? { ...meta, [INDEX_META.edgesStale]: '0' } : meta);
    return edgeCount;
  }
}

/** Resolves the repository as it is stored now; `changed` are the files whose edges differ from the stored ones. */
async function resolveChanged(
  store: IndexStore,
  root: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readonly changed: readonly FileEdges[]; readonly edgeCount: number }> {
  const files: ParsedFile[] = [];
  for await (const { path, facts } of store.allFacts()) files.push(unpackFacts(path, facts));
  signal?.throwIfAborted();
  const all = new Set(paths);
  const result = resolveReferences(files, {
    paths: all,
    readManifest: (path) => (all.has(path) && isManifest(path) ? readManifest(root, path) : undefined),
  });
  signal?.throwIfAborted();
  const stored = await store.edgeDigests();
  const changed: FileEdges[] = [];
  let edgeCount = 0;
  for (const file of result.files) {
    edgeCount += file.edges.length;
    const digest = createHash('sha256')
      .update(JSON.stringify([file.edges, file.unresolved]))
      .digest('base64');
    if (stored.get(file.path) !== digest) changed.push({ ...file, digest });
  }
  return { changed, edgeCount };
}
