import { TIER_CONFIDENCE } from '../graph/edge.ts';
import type { Edge, EdgeKind, EdgeSite, ResolutionTier, UnresolvedReference } from '../graph/edge.ts';
import { DEFAULT_MIN_CONFIDENCE } from '../graph/edge-groups.ts';
import { fileNodeId } from '../graph/symbol.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { SourcePosition } from '../graph/source-range.ts';
import { buildContainment } from './build-symbols.ts';
import { decoratedByRoute, handledOutcome } from './framework-edges.ts';
import { importTargets } from './import-edges.ts';
import { isType } from './project-index.ts';
import type { Declaration, FileScope } from './project-index.ts';
import type { Outcome, ReferenceResolver } from './reference-resolver.ts';
import { testEdges } from './test-edges.ts';
import type { ImportTable } from './tiers/import-table.ts';
import { mergeOutcomes } from './tiers/points-to/merge-outcomes.ts';
import type { FlowAnswers } from './tiers/points-to/points-to.ts';

/** Outgoing edges of one file's nodes, containment included, and the references that made none. */
export interface ResolvedFile {
  readonly path: string;
  readonly edges: readonly Edge[];
  readonly unresolved: readonly UnresolvedReference[];
}

/**
 * Resolves every reference of one file.
 *
 * @param flows - What the flow of values says of the file's calls, where its language's flows are followed.
 */
export function resolveFile(
  file: FileScope,
  imports: ImportTable,
  resolver: ReferenceResolver,
  flows?: FlowAnswers,
): ResolvedFile {
  const { parsed } = file;
  const ids = file.declarations.map(({ id }) => id);
  const out = new EdgeCollector(parsed.path, buildContainment(parsed, ids));
  addImports(out, file, imports);
  for (const declaration of file.declarations) {
    for (const { name, kind, position } of declaration.definition.bases) {
      out.addOutcome(resolver.resolveBase(declaration, name, kind), { kind, source: declaration.id, name, position });
    }
    for (const overridden of resolver.overridden(declaration)) {
      const { name, range } = declaration.definition;
      const use = { kind: 'overrides', source: declaration.id, name, position: range.start } as const;
      out.addEdge(use, overridden.id, 'overrides', 'receiver');
    }
    const handler = decoratedByRoute(declaration);
    if (handler !== undefined) {
      const { name, range } = declaration.definition;
      const use = { kind: 'calls', source: declaration.id, name, position: range.start } as const;
      out.addEdge(use, handler.id, 'calls', 'framework');
    }
  }
  const { references } = parsed;
  for (let index = 0; index < references.length; index++) {
    const reference = references[index];
    if (reference === undefined) continue;
    const { kind, receiver, position } = reference;
    const name = receiver === null || receiver === '' ? reference.name : `${receiver}.${reference.name}`;
    const use = { kind, source: ids[reference.enclosing] ?? fileNodeId(parsed.path), name, position };
    const found = resolver.resolve(file, reference);
    const outcome = reference.isHandler === true ? handledOutcome(found) : found;
    const targets = flows?.calls.get(index);
    const { own, others } = targets === undefined ? { own: outcome, others: [] } : mergeOutcomes(outcome, targets);
    if (own !== undefined) out.addOutcome(own, use);
    out.addFlowTargets(others, use);
  }
  for (const { enclosing, position, targets } of flows?.implied ?? []) {
    const source = ids[enclosing] ?? fileNodeId(parsed.path);
    out.addFlowTargets(targets, { kind: 'calls', source, name: '', position });
  }
  return { path: parsed.path, edges: [...out.edges, ...testEdges(file, out.edges)], unresolved: out.unresolved };
}

function addImports(out: EdgeCollector, file: FileScope, imports: ImportTable): void {
  const source = fileNodeId(file.parsed.path);
  const seen = new Set<NodeId>();
  for (const declaration of file.parsed.imports) {
    const use = { kind: 'imports', source, name: declaration.specifier, position: declaration.position } as const;
    const targets = importTargets(imports, file, declaration);
    // A namespace is in no file of its own.
    const isMissing = targets.length === 0 && imports.resolveModule(file, declaration.specifier) === undefined;
    if (isMissing) out.addOutcome({ kind: 'unresolved', reason: 'not-found', candidateCount: 0 }, use);
    for (const target of targets) {
      if (!seen.has(target) && target !== source) out.addEdge(use, target, 'imports', 'import');
      seen.add(target);
    }
  }
}

/** A use of a name on its way to an edge. */
interface Use {
  readonly kind: EdgeKind;
  readonly source: NodeId;
  readonly name: string;
  readonly position: SourcePosition;
}

/** What each further target of a call takes from the confidence of all of them. */
const CONFIDENCE_OF_ALTERNATIVE = 0.1;

/** Each of several targets of one use is less sure than the only one. */
const confidenceOfEach = (tier: ResolutionTier, { length }: readonly Declaration[]): number =>
  TIER_CONFIDENCE[tier] - (length - 1) * CONFIDENCE_OF_ALTERNATIVE;

/** As {@link confidenceOfEach}, but never hidden: an event runs all that wait for it. */
const confidenceOfHandlers = (targets: readonly Declaration[]): number =>
  Math.max(DEFAULT_MIN_CONFIDENCE, confidenceOfEach('framework', targets));

/** Names of unresolved references are for people: a receiver may be a whole program. */
const MAX_NAME_LENGTH = 200;

class EdgeCollector {
  readonly edges: Edge[];
  readonly unresolved: UnresolvedReference[] = [];
  readonly #path: string;

  constructor(path: string, edges: Edge[]) {
    this.#path = path;
    this.edges = edges;
  }

  addOutcome(outcome: Outcome, use: Use): void {
    if (outcome.kind === 'edge') {
      const targets = [outcome.target, ...(outcome.others ?? [])];
      const confidence = outcome.tier === 'framework' ? confidenceOfHandlers(targets) : undefined;
      for (const target of targets) this.addEdge(use, target.id, outcome.edgeKind, outcome.tier, confidence);
    }
    if (outcome.kind !== 'unresolved') return;
    const name = use.name.length > MAX_NAME_LENGTH ? `${use.name.slice(0, MAX_NAME_LENGTH)}…` : use.name;
    const { reason, candidateCount } = outcome;
    this.unresolved.push({
      kind: use.kind,
      source: use.source,
      name,
      reason,
      candidateCount,
      site: this.#site(use.position),
    });
  }

  addEdge(
    { source, position }: Use,
    target: NodeId,
    kind: EdgeKind,
    tier: ResolutionTier,
    confidence: number = TIER_CONFIDENCE[tier],
  ): void {
    this.edges.push({ kind, source, target, tier, confidence, site: this.#site(position) });
  }

  /** Each of several targets of one call is less sure than the only one. */
  addFlowTargets(targets: readonly Declaration[], use: Use): void {
    const confidence = confidenceOfEach('points-to', targets);
    for (const target of targets) {
      const kind = isType(target) && target.file.rules.callInstantiates ? 'instantiates' : 'calls';
      this.addEdge(use, target.id, kind, 'points-to', confidence);
    }
  }

  #site({ line, column }: SourcePosition): EdgeSite {
    return { path: this.#path, line: line + 1, column: column + 1 };
  }
}
