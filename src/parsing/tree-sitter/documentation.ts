import type { SyntaxNode } from './syntax-node.ts';

/** A documentation text is cut here: it is shown and embedded, not archived. */
const MAX_DOCUMENTATION_LENGTH = 4_000;

/** Comments that speak to tools, not to readers. */
const TOOL_COMMENT =
  /^(?:eslint|prettier|oxlint|biome|ts-|@ts-|tslint|jshint|istanbul|c8 |v8 |noinspection|nolint|noqa|type:|pylint|pyright|mypy|region|endregion|go:|\+build)/iu;

/** Text of one comment without its markers. */
export function cleanComment(comment: string): string {
  if (comment.startsWith('/*')) {
    const inner = comment.replace(/\*+\/$/u, '').replace(/^\/\**!?/u, '');
    return trimLines(inner.split(/\r?\n/u).map((line) => line.replace(/^\s*\*? ?/u, '')));
  }
  return comment.replace(/^(?:\/\/[/!]?|#+['!]?|-{2,}) ?/u, '').trimEnd();
}

/** Text of a docstring without quotes and common indentation. */
export function cleanDocstring(literal: string): string {
  const inner = literal.replace(/^[a-zA-Z]{0,2}(?:"""|'''|"|')/u, '').replace(/(?:"""|'''|"|')$/u, '');
  const lines = inner.split(/\r?\n/u);
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return trimLines(lines.map((line, index) => (index === 0 ? line.trimStart() : line.slice(indent))));
}

function trimLines(lines: readonly string[]): string {
  const text = lines.map((line) => line.trimEnd()).join('\n');
  return text.trim().slice(0, MAX_DOCUMENTATION_LENGTH);
}

/**
 * Text of the comments directly above a node: a block comment, or a run of line comments, with no blank line between.
 *
 * @param first - The first node of the definition.
 * @param commentTypes - Node types that are comments.
 */
export function leadingDocumentation(first: SyntaxNode, commentTypes: ReadonlySet<string>): string {
  const comments: string[] = [];
  let below = first;
  for (let node = first.previousSibling; node !== null && commentTypes.has(node.type); node = node.previousSibling) {
    if (below.startPosition.row - node.endPosition.row > 1) break;
    // A comment behind code on the same line belongs to that code.
    const before = node.previousSibling;
    const end = before?.endPosition;
    // Preprocessor lines end in column 0 of the next line.
    if (end !== undefined && end.row === node.startPosition.row && end.column > 0) break;
    const raw = node.text.trimEnd();
    const cleaned = cleanComment(raw);
    if (!TOOL_COMMENT.test(cleaned.trimStart())) comments.unshift(cleaned);
    below = node;
    if (raw.startsWith('/*')) break;
  }
  return trimLines(comments.join('\n').split('\n'));
}
