import { readFileSync, readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../../../src/parsing/language-registry.ts';
import { resolveReferences, type ResolvedFile } from '../../../src/resolution/resolve-references.ts';
import { sourceOf } from './fixture-annotations.ts';

/** A file of a language's fixtures: one project together. */
export interface FixtureFile {
  readonly path: string;
  /** As it stands in the folder. */
  readonly annotated: string;
  /** Without annotations. */
  readonly source: string;
  readonly parsed: ParsedFile;
  readonly resolved: ResolvedFile;
}

/** Notation of files that show one parser alone. */
const OTHER_NOTATION = '.annotated';

/** Paths of all files of a fixture folder but those in the older notation, in order. */
export function fixturePaths(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(OTHER_NOTATION))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(folder).length).split(sep).join('/'))
    .map((path) => path.replace(/^\/+/u, ''))
    .sort();
}

/** Parses and resolves the files of a folder as one project. Files of no known language are its manifests. */
export async function loadFixtureProject(folder: URL): Promise<FixtureFile[]> {
  const texts = new Map(fixturePaths(folder).map((path) => [path, readFileSync(new URL(path, folder), 'utf8')]));
  const sources = new Map<string, string>();
  const parsed = new Map<string, ParsedFile>();
  for (const [path, text] of texts) {
    const descriptor = languageForFile(path, Buffer.from(text));
    const source = descriptor === null ? text : sourceOf(text);
    sources.set(path, source);
    if (descriptor !== null) parsed.set(path, (await loadLanguage(descriptor.id)).parse(path, source));
  }
  const layout = { paths: new Set(texts.keys()), readManifest: (path: string) => sources.get(path) };
  const { files } = resolveReferences([...parsed.values()], layout);
  return files.flatMap((resolved) => {
    const { path } = resolved;
    const file = parsed.get(path);
    if (file === undefined) return [];
    return [{ path, annotated: texts.get(path) ?? '', source: sources.get(path) ?? '', parsed: file, resolved }];
  });
}
