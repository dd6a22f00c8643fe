import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ProjectLayout } from '../resolution/project-layout.ts';

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

/** What a repository's files say by being where they are, and its manifests by their content, at one moment. */
export interface LayoutSnapshot {
  readonly layout: ProjectLayout;
  /** Changes when a path comes or goes, or a manifest changes: imports may then lead elsewhere. */
  readonly digest: string;
}

/**
 * @param paths - Every path discovery saw.
 * @param preciseDigest - Of the SCIP index that is used; empty where there is none.
 */
export function readLayout(root: string, paths: readonly string[], preciseDigest = ''): LayoutSnapshot {
  const sorted = [...paths].sort();
  // Read once: a manifest that changes during the run is seen by the next one.
  const manifests = new Map<string, string | undefined>();
  const hash = createHash('sha256').update(`${preciseDigest}\0`);
  for (const path of sorted) {
    hash.update(`${path}\0`);
    if (!isManifest(path)) continue;
    const text = readManifest(root, path);
    manifests.set(path, text);
    hash.update(`${text ?? ''}\0`);
  }
  return {
    layout: { paths: new Set(sorted), readManifest: (path) => manifests.get(path) },
    digest: hash.digest('hex'),
  };
}
