import { readFileSync, readdirSync } from 'node:fs';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../../../src/parsing/language-registry.ts';
import type { ProjectLayout } from '../../../src/resolution/project-layout.ts';
import type { ResolutionResult } from '../../../src/resolution/resolve-references.ts';

const FIXTURES = new URL('../../fixtures/resolution/', import.meta.url);

/**
 * A small project in one text: files after `=== path`, expectations in `//!`, `#!` or `--!` comments on their line,
 * several joined by `;`. `source kind target tier` is an edge, `source ?kind reason candidates` an unresolved
 * reference; source is a qualified name of the file, or `.` for the file itself.
 */
export interface GoldenProject {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly expected: readonly string[];
}

export function loadGoldenProjects(family: string): GoldenProject[] {
  const folder = new URL(`${family}/`, FIXTURES);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => parseProject(name.replace('.txt', ''), readFileSync(new URL(name, folder), 'utf8')));
}

function parseProject(name: string, text: string): GoldenProject {
  const files = new Map<string, string>();
  const expected: string[] = [];
  for (const section of text.split(/^=== /m).slice(1)) {
    const [path = '', ...lines] = section.split('\n');
    files.set(path.trim(), lines.join('\n'));
    lines.forEach((line, index) => {
      const annotation = /(?:\/\/|#|--)!\s*(.*)$/.exec(line)?.[1];
      for (const item of annotation?.split(';') ?? []) expected.push(`${path.trim()}:${index + 1} ${item.trim()}`);
    });
  }
  return { name, files, expected };
}

export async function parseGoldenProject(project: GoldenProject): Promise<ParsedFile[]> {
  const parsed: ParsedFile[] = [];
  for (const [path, text] of project.files) {
    const descriptor = languageForFile(path);
    if (descriptor !== null && !path.endsWith('.json'))
      parsed.push((await loadLanguage(descriptor.id)).parse(path, text));
  }
  return parsed;
}

export function layoutOf(files: ReadonlyMap<string, string>): ProjectLayout {
  return { paths: new Set(files.keys()), readManifest: (path) => files.get(path) };
}

/** Results in the notation of the annotations. */
export function describeResult({ files }: ResolutionResult): {
  readonly edges: string[];
  readonly unresolved: string[];
} {
  const edges: string[] = [];
  const unresolved: string[] = [];
  for (const { path, ...file } of files) {
    const sourceName = (id: string): string => (id.startsWith(`${path}#`) ? id.slice(path.length + 1) : '.');
    for (const { kind, source, target, tier, site } of file.edges) {
      edges.push(`${path}:${site.line} ${sourceName(source)} ${kind} ${target} ${tier}`);
    }
    for (const { kind, source, reason, candidateCount, site } of file.unresolved) {
      unresolved.push(`${path}:${site.line} ${sourceName(source)} ?${kind} ${reason} ${candidateCount}`);
    }
  }
  return { edges, unresolved };
}
