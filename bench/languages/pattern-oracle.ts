import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OracleDefinition } from './ctags-oracle.ts';

/**
 * How declarations of a language look in one line, for languages Universal Ctags has no parser for. Written from the
 * language's grammar before any result was looked at.
 */
export interface DeclarationPatterns {
  /** Opens a comment that ends with the line. */
  readonly lineComments: readonly string[];
  /** Pairs around comments that are longer, and around texts: nothing between them counts. */
  readonly blocks: readonly (readonly [opening: string, closing: string])[];
  /** Kind → pattern with a group `name`, searched with flags `gmu`. */
  readonly declarations: Readonly<Record<string, string>>;
}

/** Declarations that stand in the lines of some files. */
export function declarationsByPattern(
  root: string,
  paths: readonly string[],
  patterns: DeclarationPatterns,
): OracleDefinition[] {
  const declarations = Object.entries(patterns.declarations).map(
    ([kind, pattern]) => [kind, new RegExp(pattern, 'gmu')] as const,
  );
  return paths.flatMap((path) => {
    const code = codeOf(readFileSync(join(root, path), 'utf8'), patterns);
    return declarations.flatMap(([kind, pattern]) =>
      [...code.matchAll(pattern)].map((match) => {
        const name = match.groups?.['name'] ?? '';
        const line = code.slice(0, match.index + match[0].lastIndexOf(name)).split('\n').length;
        return { path, name, line, kind };
      }),
    );
  });
}

/** Source with comments and texts blanked; lines stay where they are. */
function codeOf(source: string, { lineComments, blocks }: DeclarationPatterns): string {
  let code = '';
  for (let at = 0; at < source.length;) {
    const block = blocks.find(([opening]) => source.startsWith(opening, at));
    const isLine = block === undefined && lineComments.some((opening) => source.startsWith(opening, at));
    if (block === undefined && !isLine) {
      code += source.charAt(at++);
      continue;
    }
    const end = block === undefined ? endOfLine(source, at) : endOfBlock(source, at, block);
    code += source.slice(at, end).replace(/[^\n]/gu, ' ');
    at = end;
  }
  return code;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

function endOfBlock(source: string, start: number, [opening, closing]: readonly [string, string]): number {
  for (let at = start + opening.length; at < source.length; at++) {
    if (source.charAt(at) === '\\') at++;
    else if (source.startsWith(closing, at)) return at + closing.length;
    // A text of one line that does not end is an apostrophe.
    else if (source.charAt(at) === '\n' && closing.length === 1) return at;
  }
  return source.length;
}
