import type { Node } from 'web-tree-sitter';
import type { SourcePosition } from '../../graph/source-range.ts';
import type { SymbolKind } from '../../graph/symbol.ts';
import { eventName } from '../frameworks/event-name.ts';
import type { Reference, ValueFlow } from '../language.ts';
import { blockKindOf, definitionKindOf, flowKindOf, referenceKindOf } from './captures.ts';
import type { FoundBlock } from './block-scopes.ts';
import { contextAround, contextOf, functionOrObject } from './context-text.ts';
import { firstNode, outerNode, type DefinitionDraft } from './definition-drafts.ts';
import { argumentTextsOf, flowTextOf, type FlowNotation } from './flow-text.ts';
import type { QueryMatch } from './symbol-query.ts';
import { positionOf, type SyntaxNode } from './syntax-node.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { valueTextOf } from './value-text.ts';
import type { DefinitionSyntax, SyntaxRules } from './syntax-rules.ts';

interface FoundName {
  readonly name: string;
  readonly offset: number;
}

interface FoundReference extends FoundName {
  /** Null: no reference, whatever later patterns say. */
  readonly kind: Reference['kind'] | null;
  readonly receiver: string | null;
  readonly position: SourcePosition;
  readonly patternIndex: number;
  readonly arguments: readonly string[] | undefined;
  readonly isHandler?: true | undefined;
}

/** A value on its way, before its scope is known. */
export interface FoundFlow extends Omit<ValueFlow, 'scope'> {
  readonly offset: number;
}

interface FoundBase extends FoundName {
  /** Name of the type it is a base of, or empty: the type around it. */
  readonly owner: string;
  readonly kind: 'extends' | 'implements';
  readonly position: SourcePosition;
}

/** What says most about the type of a name comes last. */
const TYPE_SOURCES = ['unknown', 'guard', 'assigned', 'context', 'value', 'class', 'type'] as const;

/** A local name, and where its type is known from. */
export interface FoundTypedName {
  readonly name: string;
  readonly nameOffset: number;
  readonly source: (typeof TYPE_SOURCES)[number];
  /** Type, class or expression, as written. */
  readonly text: string;
  /** The member of that type or value which the name stands for, or empty. */
  readonly key: string;
  /** The name stands for an element of it. */
  readonly isElement: boolean;
}

/** The matches of one file, sorted by what they are about. */
export interface CollectedSyntax {
  /** By offset of the name. */
  readonly drafts: Map<number, DefinitionDraft>;
  /** By offset of the name. */
  readonly references: Map<number, FoundReference>;
  /** Names that are handed on as values: uses of what the file defines or imports, if they mean that. */
  readonly passed: FoundReference[];
  readonly bases: FoundBase[];
  /** By offset of the name. */
  readonly typedNames: Map<number, FoundTypedName>;
  readonly typeParameters: FoundName[];
  readonly flows: FoundFlow[];
  readonly blocks: FoundBlock[];
  /** Values functions give back. */
  readonly returned: { readonly text: string; readonly offset: number }[];
  readonly imports: SyntaxNode[];
  readonly exports: SyntaxNode[];
  packageName: string;
}

/** Longer names are in no source people wrote, and would be repeated in the qualified name of every member. */
const MAX_NAME_LENGTH = 500;

/** Longer receivers are cut: call chains would otherwise repeat all their text at every link. */
const MAX_RECEIVER_LENGTH = 200;

/** Receivers up to this length are shortened instead. */
const MAX_SHORTENED_LENGTH = 3_000;

/** Flows that call something by themselves, at a place. */
const CALLING_FLOWS: ReadonlySet<ValueFlow['kind']> = new Set(['element', 'entered', 'decorated', 'called']);

type CapturedNodes = Readonly<Record<string, Node | undefined>>;

const isReceiver = ({ name }: QueryMatch['captures'][number]): boolean => name === 'receiver';

class MatchCollector {
  readonly result: CollectedSyntax = {
    drafts: new Map(),
    references: new Map(),
    passed: [],
    bases: [],
    typedNames: new Map(),
    typeParameters: [],
    flows: [],
    blocks: [],
    returned: [],
    imports: [],
    exports: [],
    packageName: '',
  };
  readonly #rules: SyntaxRules;
  readonly #text: string;
  readonly #nodes: SyntaxTree;

  constructor(rules: SyntaxRules, text: string, nodes: SyntaxTree) {
    this.#rules = rules;
    this.#text = text;
    this.#nodes = nodes;
  }

  /** Most matches are one use of a name: those are over after the first captures. */
  add({ captures, patternIndex }: QueryMatch): void {
    let hasOthers = false;
    for (const { name, node } of captures) {
      const definitionKind = definitionKindOf(name);
      if (definitionKind !== undefined) {
        this.#addDefinition(definitionKind, node, nodesByName(captures), patternIndex);
        continue;
      }
      const blockKind = blockKindOf(name);
      if (blockKind !== undefined) {
        this.result.blocks.push({ startOffset: node.startIndex, endOffset: node.endIndex, kind: blockKind });
        continue;
      }
      if (name === 'passed') {
        this.#addPassed(node, patternIndex);
        continue;
      }
      if (name === 'handler') {
        const receiver = captures.find((capture) => capture.name === 'receiver')?.node;
        this.#addHandler(node, this.#slice(node), receiver);
        continue;
      }
      if (name === 'event') {
        const event = eventName(this.#slice(node));
        if (event !== undefined) this.#addHandler(node, event);
        continue;
      }
      const referenceKind = referenceKindOf(name);
      if (referenceKind === undefined) hasOthers ||= name !== 'receiver' && name !== 'arguments' && name !== 'suffix';
      else {
        const receiver = captures.find(isReceiver)?.node;
        const last = receiver === undefined ? undefined : captures.findLast(isReceiver)?.node;
        const given = captures.find((capture) => capture.name === 'arguments')?.node;
        const suffix = captures.find((capture) => capture.name === 'suffix')?.node.text;
        this.#addReference(referenceKind, node, receiver, patternIndex, last, given, suffix);
      }
    }
    if (hasOthers) this.#addOthers(nodesByName(captures), patternIndex);
  }

  #slice(node: SyntaxNode, last: SyntaxNode = node): string {
    return this.#text.slice(node.startIndex, last.endIndex);
  }

  #addReference(
    kind: Reference['kind'] | null,
    node: SyntaxNode,
    receiver: SyntaxNode | undefined,
    patternIndex: number,
    lastReceiver = receiver,
    given?: SyntaxNode,
    suffix = '',
  ): void {
    const offset = node.startIndex;
    const before = this.result.references.get(offset);
    if (before !== undefined && before.patternIndex <= patternIndex) return;
    const name = (this.#rules.referenceName?.(node) ?? this.#slice(node)) + suffix;
    if (name === '' || name.length > MAX_NAME_LENGTH) return;
    this.result.references.set(offset, {
      kind,
      name,
      offset,
      patternIndex,
      receiver:
        receiver === undefined
          ? null
          : (this.#rules.receiverText?.(receiver) ??
            this.#receiverText(receiver.startIndex, (lastReceiver ?? receiver).endIndex)),
      position: positionOf(node),
      arguments: this.#argumentTexts(given),
    });
  }

  #addPassed(node: SyntaxNode, patternIndex: number): void {
    const offset = node.startIndex;
    const name = this.#slice(node);
    const use = { kind: 'references', name, offset, patternIndex, receiver: null, arguments: undefined } as const;
    this.result.passed.push({ ...use, position: positionOf(node) });
  }

  /** A name a framework calls: no pattern of the language itself knows that. */
  #addHandler(node: SyntaxNode, name: string, receiver?: SyntaxNode): void {
    this.result.references.set(node.startIndex, {
      kind: 'calls',
      name,
      offset: node.startIndex,
      patternIndex: -1,
      receiver: receiver === undefined ? null : this.#receiverText(receiver.startIndex, receiver.endIndex),
      position: positionOf(node),
      arguments: undefined,
      isHandler: true,
    });
  }

  #argumentTexts(node: SyntaxNode | undefined): readonly string[] | undefined {
    const notation = this.#rules.flowNotation;
    return node === undefined || notation === undefined ? undefined : argumentTextsOf(this.#slice(node), notation);
  }

  #receiverText(start: number, end: number): string {
    const cut = end - start > MAX_RECEIVER_LENGTH;
    // What is between parentheses says least.
    const short =
      cut && end - start <= MAX_SHORTENED_LENGTH
        ? valueTextOf(this.#text.slice(start, end), this.#rules.wholeTypes)
        : undefined;
    if (short !== undefined && short.length <= MAX_RECEIVER_LENGTH) return short;
    // A long chain of calls is kept without their arguments, if that makes it short.
    const chain = cut ? valueTextOf(this.#text.slice(start, end)) : undefined;
    if (chain !== undefined) return chain;
    const raw = this.#text.slice(start, cut ? start + MAX_RECEIVER_LENGTH : end);
    const folded = /[\s?]/u.test(raw) ? raw.replace(/\s+/gu, ' ').replace(/ ?(\??)\. ?/gu, '.') : raw;
    return cut ? `${folded}…` : folded;
  }

  /** One registration may be of several routes: those of a resource. */
  #addRoutes(captured: Node, name: Node): void {
    const node = this.#nodes.find(captured);
    const routes = this.#rules.frameworks?.routesOf(node, this.#nodes.find(name)) ?? [];
    for (const [number, { name: routeName, handlers, start = node }] of routes.entries()) {
      if (routeName.length > MAX_NAME_LENGTH) continue;
      const nameOffset = name.startIndex + number;
      this.result.drafts.set(nameOffset, {
        kind: 'route',
        node,
        outer: node,
        name: routeName,
        owner: '',
        patternIndex: -1,
        nameOffset,
        member: false,
        startOffset: start.startIndex,
        endOffset: node.endIndex,
        first: start,
        last: node,
        handlers,
        capturedType: '',
        around: null,
        parent: null,
        mergedInto: null,
        index: -1,
      });
    }
  }

  #addDefinition(kind: SymbolKind, captured: Node, nodes: CapturedNodes, patternIndex: number): void {
    const nameNode = nodes['name'];
    // Two patterns may describe one definition: the one that stands first in the query wins.
    if (kind === 'route' && nameNode !== undefined) return this.#addRoutes(captured, nameNode);
    const nameOffset = (nameNode ?? captured).startIndex;
    const before = this.result.drafts.get(nameOffset);
    if (before !== undefined && before.patternIndex <= patternIndex) return;
    const node = this.#nodes.find(captured);
    const asWritten: DefinitionSyntax = {
      kind,
      node,
      outer: outerNode(node, this.#rules),
      name: nameNode === undefined ? '' : unquote(this.#slice(nameNode)),
      owner: nodes['owner'] === undefined ? '' : this.#slice(nodes['owner']),
    };
    const refinement = this.#rules.refine === undefined ? {} : this.#rules.refine(asWritten);
    const name = refinement?.name ?? asWritten.name;
    if (refinement === null || name === '' || name.length > MAX_NAME_LENGTH) return;
    const first = firstNode(asWritten.outer, this.#rules);
    const last = this.#rules.lastNode?.(asWritten) ?? asWritten.outer;
    const type = nodes['type'];
    this.result.drafts.set(nameOffset, {
      ...asWritten,
      kind: refinement.kind ?? kind,
      name,
      owner: refinement.owner ?? asWritten.owner,
      patternIndex,
      nameOffset,
      member: nodes['member'] !== undefined,
      startOffset: first.startIndex,
      endOffset: last.endIndex,
      first,
      last,
      capturedType: type === undefined ? '' : createdType(this.#slice(type, nodes['type.last'])),
      around: null,
      parent: null,
      mergedInto: null,
      index: -1,
    });
  }

  #addOthers(nodes: CapturedNodes, patternIndex: number): void {
    const { result } = this;
    const typedName = nodes['typed.name'];
    if (typedName !== undefined) this.#addTypedName(typedName, nodes);
    const ignored = nodes['ignore'];
    if (ignored !== undefined) this.#addReference(null, ignored, undefined, patternIndex);
    if (nodes['base.extends'] !== undefined)
      this.#addBase('extends', nodes['base.extends'], nodes['base.owner'], nodes['base.arguments']);
    if (nodes['base.implements'] !== undefined)
      this.#addBase('implements', nodes['base.implements'], nodes['base.owner']);
    const parameter = nodes['type.parameter'];
    if (parameter !== undefined) {
      result.typeParameters.push({ name: this.#slice(parameter), offset: parameter.startIndex });
      this.#addReference(null, parameter, undefined, -1);
    }
    if (this.#rules.flowNotation !== undefined) this.#addFlow(nodes, this.#rules.flowNotation);
    const returned = nodes['returned'];
    if (returned !== undefined)
      result.returned.push({ text: this.#slice(returned, nodes['returned.last']), offset: returned.startIndex });
    if (nodes['import'] !== undefined) result.imports.push(this.#nodes.find(nodes['import']));
    if (nodes['export'] !== undefined) result.exports.push(this.#nodes.find(nodes['export']));
    if (nodes['package'] !== undefined) result.packageName = this.#slice(nodes['package']);
  }

  #addFlow(nodes: CapturedNodes, notation: FlowNotation): void {
    for (const [capture, node] of Object.entries(nodes)) {
      const kind = flowKindOf(capture);
      if (kind === undefined || node === undefined) continue;
      const target = nodes['flow.target'];
      const value = flowTextOf(this.#slice(node), notation);
      const targetText = target === undefined ? '' : flowTextOf(this.#slice(target), notation);
      if (value === undefined || targetText === undefined) continue;
      this.result.flows.push({
        kind,
        target: targetText,
        value,
        offset: (target ?? node).startIndex,
        ...(CALLING_FLOWS.has(kind) ? { position: positionOf(nodes['flow.at'] ?? node) } : {}),
      });
    }
  }

  #addBase(kind: FoundBase['kind'], node: SyntaxNode, owner?: SyntaxNode, typeArguments?: SyntaxNode): void {
    const { bases } = this.result;
    const text = this.#slice(node) + (typeArguments === undefined ? '' : this.#slice(typeArguments));
    const name = this.#rules.canonicalType?.(text) ?? text;
    const ownerName = owner === undefined ? '' : (this.#rules.ownerName?.(this.#slice(owner)) ?? this.#slice(owner));
    if (name !== '') bases.push({ kind, name, owner: ownerName, offset: node.startIndex, position: positionOf(node) });
  }

  #addTypedName(nameNode: SyntaxNode, nodes: CapturedNodes): void {
    const { typedNames } = this.result;
    // A name that is known to be of a type in a place is declared there, as it were.
    const narrowed = nodes['typed.narrowed'];
    const nameOffset = narrowed === undefined ? nameNode.startIndex : narrowed.startIndex + 1;
    const before = typedNames.get(nameOffset);
    const { source, node } = typeSourceOf(nodes);
    if (before !== undefined && TYPE_SOURCES.indexOf(before.source) >= TYPE_SOURCES.indexOf(source)) return;
    const key = nodes['typed.key'];
    const text =
      node === undefined
        ? ''
        : source === 'context'
          ? contextOf(nodes, node, nameOffset, this.#text)
          : this.#slice(node, nodes['typed.last']);
    typedNames.set(nameOffset, {
      name: this.#slice(nameNode),
      nameOffset,
      source,
      text: nodes['typed.list'] === undefined ? text : `[]${text}`,
      key: key === undefined ? placeInTuple(nodes) : this.#slice(key),
      isElement: nodes['typed.element'] !== undefined,
    });
  }
}

/** Of several names that are given one value, which part of it this one gets: the name of a member, or empty. */
function placeInTuple(nodes: CapturedNodes): string {
  const place = ['typed.first', 'typed.second', 'typed.third'].findIndex((capture) => nodes[capture] !== undefined);
  return place < 0 ? '' : String(place);
}

function typeSourceOf(nodes: CapturedNodes): {
  readonly source: FoundTypedName['source'];
  readonly node?: SyntaxNode | undefined;
} {
  if (nodes['typed.type'] !== undefined) return { source: 'type', node: nodes['typed.type'] };
  if (nodes['typed.class'] !== undefined) return { source: 'class', node: nodes['typed.class'] };
  if (nodes['typed.value'] !== undefined) return { source: 'value', node: nodes['typed.value'] };
  if (nodes['typed.context'] !== undefined) return { source: 'context', node: nodes['typed.context'] };
  if (nodes['typed.guard'] !== undefined) return { source: 'guard', node: nodes['typed.guard'] };
  const context = contextAround(functionOrObject(nodes));
  if (context !== null) return { source: 'context', node: context };
  const assigned = nodes['typed.assigned'];
  return assigned === undefined ? { source: 'unknown' } : { source: 'assigned', node: assigned };
}

function nodesByName(captures: QueryMatch['captures']): CapturedNodes {
  const nodes: Record<string, Node | undefined> = {};
  for (const { name, node } of captures) nodes[name] = node;
  return nodes;
}

function unquote(name: string): string {
  return /^(['"`]).*\1$/su.test(name) ? name.slice(1, -1) : name;
}

/** `Pool<T>` of `new Pool<T>(…)`. */
export function createdType(text: string): string {
  const made = /^new\s+([^(]+)/u.exec(text)?.[1];
  return made === undefined ? text : made.trim();
}

/** Sorts the matches of one file by what they are about. */
export function collectMatches(
  matches: readonly QueryMatch[],
  rules: SyntaxRules,
  text: string,
  nodes: SyntaxTree,
): CollectedSyntax {
  const collector = new MatchCollector(rules, text, nodes);
  for (const match of matches) collector.add(match);
  return collector.result;
}
