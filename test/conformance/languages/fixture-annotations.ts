/**
 * Annotated source, after the manner of SCIP snapshots: below a line stand comments with carets under a name, which say
 * what it defines or where it leads. Any language will do: the first line of a file is a comment that says what the file
 * shows, and the annotations are comments of the same kind.
 *
 *     # Pools and their users.
 *     def run(pool):
 *     #   ^^^ definition function run exported
 *         pool.acquire()
 *     #        ^^^^^^^ calls pool.py#Pool.acquire receiver
 *
 * - `definition <kind> <qualified name>[~ordinal] [exported][: type]`, then its signature where it is not as the line
 *   begins, and its documentation
 * - `<edge kind> <target> <tier>`, or `<edge kind> unresolved <reason> [candidates]`
 * - `diagnostic <code>`
 * - `<-` instead of carets where the name stands too far left for them
 *
 * Uses of names from outside of the project are left out but for calls and bases.
 */
import { fileNodeId } from '../../../src/graph/symbol.ts';
import type { Definition, ParsedFile } from '../../../src/parsing/language.ts';
import { definitionIds } from '../../../src/resolution/build-symbols.ts';
import type { ResolvedFile } from '../../../src/resolution/resolve-references.ts';

interface CommentMarker {
  readonly opening: string;
  /** Empty for line comments. */
  readonly closing: string;
}

const CLOSINGS: Readonly<Record<string, string>> = { '<!--': ' -->', '/*': ' */', '--[[': ' ]]', '(*': ' *)' };

/** The comment marker of a fixture: the first line holds one, perhaps behind an opening tag. */
function commentMarkerOf(text: string): CommentMarker {
  const [first = ''] = text.split('\n', 1);
  const opening = /(?:^|\s)([^\w\s]{1,4}) \S/u.exec(first)?.[1];
  if (opening === undefined)
    throw new Error(`A fixture starts with a comment that says what it shows, not with ${first}`);
  return { opening, closing: CLOSINGS[opening] ?? '' };
}

/** The source in an annotated file. */
export function sourceOf(annotated: string): string {
  const { opening } = commentMarkerOf(annotated);
  const isAnnotation = (line: string): boolean =>
    line.startsWith(opening) && /^\s*(?:\^+|<-|\|) /u.test(line.slice(opening.length));
  return annotated
    .split('\n')
    .filter((line) => !isAnnotation(line))
    .join('\n');
}

interface Note {
  readonly line: number;
  readonly column: number;
  readonly width: number;
  readonly texts: readonly string[];
}

/** The annotated form of a file that was parsed and resolved. */
export function annotate(source: string, parsed: ParsedFile, resolved: ResolvedFile): string {
  const marker = commentMarkerOf(source);
  const lines = source.split('\n');
  const byLine = Map.groupBy(
    [...definitionNotes(source, parsed), ...useNotes(parsed, resolved), ...diagnosticNotes(parsed)],
    ({ line }) => line,
  );
  return lines
    .flatMap((line, number) => {
      const notes = (byLine.get(number) ?? []).toSorted((a, b) => a.column - b.column);
      return [line, ...notes.flatMap((note) => noteLines(note, line, marker))];
    })
    .join('\n');
}

function noteLines({ column, width, texts }: Note, line: string, { opening, closing }: CommentMarker): string[] {
  const fits = column >= opening.length;
  // Tabs of the source stay tabs, so that carets stand below their name at any tab width.
  const indent = fits ? line.slice(opening.length, column).replace(/[^\t]/gu, ' ') : ' ';
  return texts.map((text, index) => {
    const mark = index > 0 ? '|' : fits ? '^'.repeat(width) : '<-';
    return `${opening}${indent}${mark} ${text}${closing}`;
  });
}

function definitionNotes(source: string, parsed: ParsedFile): Note[] {
  const ids = definitionIds(parsed);
  const lines = source.split('\n');
  return parsed.definitions.map((definition, index) => {
    const place = namePlaceOf(source, definition);
    const texts = definitionTexts(definition, ids[index] ?? '', lines[place.line] ?? '');
    return { ...place, texts };
  });
}

function definitionTexts(definition: Definition, id: string, line: string): string[] {
  const { kind, exported, typeName, signature, documentation } = definition;
  const name = id.slice(id.indexOf('#') + 1);
  const type = typeName === undefined || typeName === '' ? '' : `: ${typeName}`;
  const texts = [`definition ${kind} ${name}${exported ? ' exported' : ''}${type}`];
  if (!line.trim().startsWith(signature)) texts.push(`signature ${signature}`);
  if (documentation !== '') texts.push(`documentation ${JSON.stringify(documentation)}`);
  return texts;
}

/** Where the name of a definition stands; its start where it is not written, as that of a constructor. */
function namePlaceOf(source: string, { name, range }: Definition): Omit<Note, 'texts'> {
  const escaped = name.replace(/[$()*+.?[\\\]^{|}]/gu, '\\$&');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'u');
  const text = source.slice(range.startOffset, range.endOffset);
  const found = pattern.exec(text);
  if (found === null) return { ...range.start, width: 1 };
  const before = source.slice(0, range.startOffset + found.index).split('\n');
  return { line: before.length - 1, column: (before.at(-1) ?? '').length, width: name.length };
}

function useNotes(parsed: ParsedFile, { path, edges, unresolved }: ResolvedFile): Note[] {
  const widths = new Map<string, number>();
  const uses = [...parsed.references, ...parsed.definitions.flatMap(({ bases }) => bases)];
  for (const { name, position } of uses) widths.set(`${position.line + 1}:${position.column + 1}`, name.length);
  const noteAt = (site: { readonly line: number; readonly column: number }, text: string): Note => ({
    line: site.line - 1,
    column: site.column - 1,
    width: widths.get(`${site.line}:${site.column}`) ?? 1,
    texts: [text],
  });
  const found = edges
    .filter(({ kind }) => kind !== 'contains')
    .map(({ kind, target, tier, site }) => noteAt(site, `${kind} ${shortTarget(path, target)} ${tier}`));
  const missed = unresolved
    .filter(({ kind, reason }) => kind !== 'references' || reason !== 'external')
    .map(({ kind, reason, candidateCount, site }) =>
      noteAt(site, `${kind} unresolved ${reason}${candidateCount > 0 ? ` ${candidateCount}` : ''}`),
    );
  return [...found, ...missed];
}

function shortTarget(path: string, target: string): string {
  if (target === fileNodeId(path)) return 'itself';
  return target.startsWith('file:') ? target.slice('file:'.length) : target;
}

function diagnosticNotes({ diagnostics }: ParsedFile): Note[] {
  return diagnostics.map(({ code, line = 1 }) => ({
    line: line - 1,
    column: 0,
    width: 1,
    texts: [`diagnostic ${code}`],
  }));
}
