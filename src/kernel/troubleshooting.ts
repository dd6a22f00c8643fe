import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The page that says of each error where it comes from and what to do, relative to the package. */
export const TROUBLESHOOTING_PAGE = 'docs/troubleshooting.md';

/** Areas of error codes that the page speaks of: the part before the first underscore. */
const COVERED_AREAS: ReadonlySet<string> = new Set([
  'MODEL',
  'CHECKPOINT',
  'TOKENIZER',
  'TENSOR',
  'HUB',
  'SEARCH_MODEL',
  'SEARCH_BETTER',
  'INDEXING_MODEL',
]);

/**
 * Where to read about an error: a path of this package and, after `#`, the code as the page's heading has it.
 *
 * @returns undefined for codes that the page does not cover, and in an installation without it.
 */
export function troubleshootingLink(code: string): string | undefined {
  const parts = code.split('_');
  if (!COVERED_AREAS.has(parts[0] ?? '') && !COVERED_AREAS.has(parts.slice(0, 2).join('_'))) return undefined;
  const page = join(packageRoot(), TROUBLESHOOTING_PAGE);
  return existsSync(page) ? `${page}#${code.toLowerCase()}` : undefined;
}
