import type { Completeness, NodeSummary, RelationEdge } from '../../code-graph.ts';
import { plural } from './format.ts';
import { printable, type Terminal } from './terminal.ts';

/** Why references made no edge, for people. */
const REASONS: Readonly<Record<string, string>> = {
  external: 'probably outside the repository',
  ambiguous: 'could mean several definitions',
  'unknown-receiver': 'on an object of unknown type',
  'not-found': 'name not found',
  dynamic: 'built at run time',
  'low-confidence': 'only a guess by name',
};

/** `src/db/pool.ts:42`, or the path alone of what has no lines. */
export function placeOf(node: NodeSummary): string {
  return printable('startLine' in node ? `${node.path}:${node.startLine}` : (node.path ?? 'outside the repository'));
}

/** How an edge is known: `import 0.97`, and through which method a call comes that names another. */
export function describeTrust({ tier, confidence, dispatch, kind, target }: RelationEdge): string {
  const through = dispatch === true && kind !== 'overrides' ? ` · through ${printable(target.qualifiedName)}` : '';
  return `${tier} ${confidence}${through}`;
}

/** The last line of an answer: how much of it is known. */
export function completenessLine({ resolved, unresolved, reasons }: Completeness): string {
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${REASONS[reason] ?? reason}`);
  const unknown =
    unresolved === 0
      ? 'no reference is left unresolved'
      : `${plural(unresolved, 'reference')} may belong here too: ${counts.join(', ')}`;
  return `${plural(resolved, 'edge')}; ${unknown}`;
}

/** What may break, one line each, by distance; several uses by one symbol are one line. */
export function printAffected(out: Terminal, edges: readonly RelationEdge[]): void {
  for (const [depth, atDepth] of Map.groupBy(edges, (edge) => edge.depth)) {
    out.line(out.style('dim', depth === 1 ? '  uses it itself' : `  ${depth} steps away`));
    for (const [, uses] of Map.groupBy(atDepth, ({ source }) => source.id)) {
      const [first] = uses;
      if (first === undefined) continue;
      const site = `${printable(first.site.path)}:${first.site.line}`;
      const more = uses.length > 1 ? ` and ${uses.length - 1} more` : '';
      const target = depth === 1 && first.dispatch !== true ? '' : ` ${printable(first.target.qualifiedName)}`;
      const detail = `${first.source.kind} · ${first.kind}${target} at ${site}${more} · ${describeTrust(first)}`;
      out.line(`    ${printable(first.source.qualifiedName)} ${out.style('dim', detail)}`);
    }
  }
}
