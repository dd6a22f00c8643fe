import { loadLanguage } from '../../../src/parsing/language-registry.ts';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';

/**
 * Parses and resolves a project written out in a test; what is no source of the language is a manifest.
 *
 * @returns Calls as `name line -> target`, in the order of paths and lines; unresolved ones with their reason.
 */
export async function callsOf(
  language: string,
  extension: string,
  sources: Readonly<Record<string, string>>,
): Promise<string[]> {
  const parser = await loadLanguage(language);
  const files = Object.entries(sources).flatMap(([path, text]) =>
    path.endsWith(extension) ? [parser.parse(path, text)] : [],
  );
  const layout = { paths: new Set(Object.keys(sources)), readManifest: (path: string) => sources[path] };
  return resolveReferences(files, layout).files.flatMap(({ path, edges, unresolved }) => {
    const isCall = ({ kind }: { readonly kind: string }): boolean => kind === 'calls' || kind === 'instantiates';
    const nameAt = ({ line, column }: { readonly line: number; readonly column: number }): string =>
      /^[\w!]+/u.exec((sources[path]?.split('\n')[line - 1] ?? '').slice(column - 1))?.[0] ?? '';
    return [
      ...edges.filter(isCall).map(({ site, target }) => ({ site, text: `${nameAt(site)} -> ${target}` })),
      ...unresolved.filter(isCall).map(({ site, reason }) => ({ site, text: `${nameAt(site)}: ${reason}` })),
    ]
      .toSorted((a, b) => a.site.line - b.site.line || a.site.column - b.site.column)
      .map(({ text }) => text);
  });
}
