import type { SymbolKind } from '../../graph/symbol.ts';
import type { DefinitionSyntax, HandlerSyntax, SyntaxRules } from './syntax-rules.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** A definition on its way from the query to the result. */
export interface DefinitionDraft extends DefinitionSyntax {
  /** The pattern that found it, from the top of the query. */
  readonly patternIndex: number;
  readonly nameOffset: number;
  /** Belongs to the class around the enclosing function. */
  readonly member: boolean;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly first: SyntaxNode;
  /** The node its range ends with. */
  readonly last: SyntaxNode;
  /** What a route gives its requests to. */
  readonly handlers?: readonly HandlerSyntax[] | undefined;
  /** Type captured by the query, or empty. */
  readonly capturedType: string;
  /** The draft around it in the text, or null. */
  around: DefinitionDraft | null;
  /** Enclosing draft, or null: other than `around` for a member. */
  parent: DefinitionDraft | null;
  /** The draft this one is merged into, or null. */
  mergedInto: DefinitionDraft | null;
  /** Position in the result, once known. */
  index: number;
}

const SCOPE_KINDS: ReadonlySet<SymbolKind> = new Set([
  'class',
  'interface',
  'struct',
  'enum',
  'namespace',
  'module',
  'type',
]);
const FUNCTION_KINDS: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constructor']);
const VALUE_KINDS: ReadonlySet<SymbolKind> = new Set(['variable', 'constant', 'field']);
const CONSTRUCTOR_NAME = /^\p{Lu}/u;

/** A statement with more parts wraps no single definition; looking through the parts of each would take their square. */
const MAX_WRAPPER_CHILDREN = 16;

/** Definitions nested deeper are left out: their qualified names together would grow with the square of the depth. */
const MAX_NESTING = 100;

/** `x, y int` defines two names with one range: neither is inside the other. */
const isSameRange = (a: DefinitionDraft, b: DefinitionDraft): boolean =>
  (VALUE_KINDS.has(a.kind) || a.kind === 'route') && a.startOffset === b.startOffset && a.endOffset === b.endOffset;

/** Kinds with parameters and a body. */
export const isFunctionKind = (kind: SymbolKind): boolean => FUNCTION_KINDS.has(kind);

/** Kinds that hold a value. */
export const isValueKind = (kind: SymbolKind): boolean => VALUE_KINDS.has(kind);

/** Kinds that hold members. */
export const isScopeKind = (kind: SymbolKind): boolean => SCOPE_KINDS.has(kind);

/** The outermost node that shows nothing but this definition. */
export function outerNode(node: SyntaxNode, rules: SyntaxRules): SyntaxNode {
  let outer = node;
  for (let parent = node.parent; parent !== null && rules.wrapperTypes.has(parent.type); parent = parent.parent) {
    if (parent.namedChildCount > MAX_WRAPPER_CHILDREN) break;
    const type = outer.type;
    if (parent.namedChildren.filter((child) => child.type === type).length > 1) break;
    outer = parent;
  }
  return outer;
}

/** The first decorator above a node, or the node. */
export function firstNode(outer: SyntaxNode, rules: SyntaxRules): SyntaxNode {
  let first = outer;
  if (rules.decoratorTypes.size === 0) return first;
  for (
    let node = first.previousSibling;
    node !== null && rules.decoratorTypes.has(node.type);
    node = node.previousSibling
  ) {
    first = node;
  }
  return first;
}

/**
 * Sets the parent of every draft and drops local variables: a value inside a function is no definition.
 *
 * @param drafts - In any order.
 * @returns The drafts that stay, by position, a parent always before its children.
 */
export function nestDrafts(drafts: readonly DefinitionDraft[]): DefinitionDraft[] {
  const sorted = [...drafts].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const kept: DefinitionDraft[] = [];
  const stack: DefinitionDraft[] = [];
  for (const draft of sorted) {
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const isAround = top.endOffset >= draft.endOffset && top.endOffset > draft.startOffset;
      if (isAround && !isSameRange(top, draft)) break;
      stack.pop();
    }
    if (stack.length >= MAX_NESTING) continue;
    const around = stack.at(-1) ?? null;
    const parent = draft.member ? enclosingScope(around) : around;
    if (draft.member && parent === null) continue;
    if (VALUE_KINDS.has(draft.kind) && !draft.member && parent !== null && FUNCTION_KINDS.has(parent.kind)) continue;
    draft.around = around;
    draft.parent = parent;
    kept.push(draft);
    // `self.x = f()` is a member of the class, but what it calls is called by the method around it.
    if (!(draft.member && VALUE_KINDS.has(draft.kind))) stack.push(draft);
  }
  return kept;
}

/** The class around, or the function that is used as one. */
function enclosingScope(draft: DefinitionDraft | null): DefinitionDraft | null {
  for (let scope = draft; scope !== null; scope = scope.parent) {
    if (scope.kind === 'class' || (scope.kind === 'function' && CONSTRUCTOR_NAME.test(scope.name))) return scope;
  }
  return null;
}

/**
 * Merges what the language calls one symbol: overload signatures into the implementation, setters into the getter,
 * values assigned again into the first.
 *
 * @param drafts - As {@link nestDrafts} returns them.
 */
export function mergeDrafts(drafts: readonly DefinitionDraft[], rules: SyntaxRules): void {
  const groups = new Map<DefinitionDraft | null, Map<string, DefinitionDraft[]>>();
  for (const draft of drafts) {
    let names = groups.get(draft.parent);
    if (names === undefined) groups.set(draft.parent, (names = new Map()));
    const group = names.get(draft.name);
    if (group === undefined) names.set(draft.name, [draft]);
    else group.push(draft);
  }
  for (const names of groups.values()) {
    for (const group of names.values()) if (group.length > 1) mergeGroup(group, rules);
  }
}

function mergeGroup(group: readonly DefinitionDraft[], rules: SyntaxRules): void {
  let declarations: DefinitionDraft[] = [];
  const accessors: DefinitionDraft[] = [];
  const values: DefinitionDraft[] = [];
  for (const draft of group) {
    const role = rules.mergeRole?.(draft) ?? null;
    if (isValueKind(draft.kind)) values.push(draft);
    else if (role === 'accessor') accessors.push(draft);
    else if (role === 'declaration') declarations.push(draft);
    else if (isFunctionKind(draft.kind)) {
      mergeInto(draft, declarations);
      declarations = [];
    }
  }
  mergeInto(declarations[0], declarations);
  mergeInto(accessors[0], accessors);
  const declared = values.find((draft) => !draft.member);
  // `this.run = () => …` gives the field that the class declares its function.
  if (declared !== undefined)
    mergeInto(
      declared,
      group.filter((draft) => draft.member && draft.kind === 'method'),
    );
  // A value assigned again is no second one; where the class declares it, that is its definition.
  mergeInto(values.find((draft) => !draft.member) ?? values[0], values);
}

function mergeInto(target: DefinitionDraft | undefined, drafts: readonly DefinitionDraft[]): void {
  for (const draft of drafts) if (target !== undefined && draft !== target) draft.mergedInto = target;
}

/** Follows merges to the draft that stands for this one. */
export function representative(draft: DefinitionDraft): DefinitionDraft {
  let result = draft;
  while (result.mergedInto !== null) result = result.mergedInto;
  return result;
}
