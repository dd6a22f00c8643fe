import type { Node } from 'web-tree-sitter';
import type { SyntaxNode, SyntaxPoint } from './syntax-node.ts';

/**
 * The nodes of one tree, each question asked of the parser library once: every question is a call into WebAssembly, and
 * those for parents and siblings search from the root of the tree. Here a node is found from the one that was found
 * last, by the children of the nodes between.
 */
export class SyntaxTree {
  readonly #root: TreeNode;
  /** The root, and what is around the node that was found last. */
  #path: TreeNode[];

  /** @param text - What the tree was parsed from. */
  constructor(root: Node, text: string) {
    this.#root = new TreeNode(this, root, text);
    this.#path = [this.#root];
  }

  /** The node with its place in the tree. Fast where nodes are asked for in about the order of the text. */
  find(node: Node): SyntaxNode {
    return this.locate(node) ?? new TreeNode(this, node, this.#root.source);
  }

  /** The node as a child of its parent, or null where it cannot be reached by its position. */
  locate(node: Node): TreeNode | null {
    if (node.id === this.#root.id) return this.#root;
    const start = node.startIndex;
    const end = node.endIndex;
    const path = this.#path;
    for (let top = path.at(-1); top !== undefined && path.length > 1; top = path.at(-1)) {
      if (top.startIndex <= start && top.endIndex >= end && top.id !== node.id) break;
      path.pop();
    }
    for (let around = path.at(-1) ?? this.#root; ;) {
      const child = around.childAround(node.id, start, end);
      if (child === null || child.id === node.id) return child;
      path.push(child);
      around = child;
    }
  }
}

class TreeNode implements SyntaxNode {
  readonly id: number;
  readonly startIndex: number;
  readonly startPosition: SyntaxPoint;
  readonly source: string;
  readonly #tree: SyntaxTree;
  readonly #node: Node;
  /** Undefined: not known yet. */
  #parent: TreeNode | null | undefined;
  /** Place among the children of the parent, or -1. */
  #index = -1;
  #type: string | undefined;
  #endIndex = -1;
  #endPosition: SyntaxPoint | undefined;
  #rawChildren: readonly Node[] | undefined;
  #children: TreeNode[] = [];
  #fields: Map<string, TreeNode | null> | undefined;

  constructor(tree: SyntaxTree, node: Node, source: string) {
    this.#tree = tree;
    this.#node = node;
    this.id = node.id;
    this.startIndex = node.startIndex;
    this.startPosition = node.startPosition;
    this.source = source;
  }

  get type(): string {
    return (this.#type ??= this.#node.type);
  }

  get endIndex(): number {
    if (this.#endIndex < 0) this.#endIndex = this.#node.endIndex;
    return this.#endIndex;
  }

  get endPosition(): SyntaxPoint {
    return (this.#endPosition ??= this.#node.endPosition);
  }

  get text(): string {
    return this.source.slice(this.startIndex, this.endIndex);
  }

  get parent(): TreeNode | null {
    if (this.#parent === undefined) this.#findPlace();
    return this.#parent ?? null;
  }

  get previousSibling(): TreeNode | null {
    return this.#sibling(-1);
  }

  get nextSibling(): TreeNode | null {
    return this.#sibling(1);
  }

  get firstChild(): TreeNode | null {
    return this.#childAt(0);
  }

  get firstNamedChild(): TreeNode | null {
    return this.#adopt(this.#node.firstNamedChild);
  }

  get namedChildCount(): number {
    return this.#node.namedChildCount;
  }

  get children(): readonly TreeNode[] {
    return this.#childNodes().map((_, index) => this.#wrapped(index));
  }

  get namedChildren(): readonly TreeNode[] {
    const named: TreeNode[] = [];
    for (const child of this.#node.namedChildren) {
      const adopted = this.#adopt(child);
      if (adopted !== null) named.push(adopted);
    }
    return named;
  }

  childForFieldName(name: string): TreeNode | null {
    const fields = (this.#fields ??= new Map());
    let child = fields.get(name);
    if (child === undefined) fields.set(name, (child = this.#adopt(this.#node.childForFieldName(name))));
    return child;
  }

  /** The child with the id, or else the one around the range; null where neither exists. */
  childAround(id: number, start: number, end: number): TreeNode | null {
    const children = this.#childNodes();
    let low = 0;
    for (let high = children.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((children[middle]?.startIndex ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    // Before `low` are those that start at the offset or before: empty nodes may share it with the one that is meant.
    let around = -1;
    for (let index = low - 1; index >= 0; index--) {
      const child = children[index];
      if (child === undefined) break;
      if (child.id === id) return this.#wrapped(index);
      if (around < 0 && this.#wrapped(index).endIndex >= end) around = index;
      if (child.startIndex < start) break;
    }
    return around < 0 ? null : this.#wrapped(around);
  }

  #childNodes(): readonly Node[] {
    return (this.#rawChildren ??= this.#node.children);
  }

  #childAt(index: number): TreeNode | null {
    return index >= 0 && index < this.#childNodes().length ? this.#wrapped(index) : null;
  }

  #wrapped(index: number): TreeNode {
    const known = this.#children[index];
    if (known !== undefined) return known;
    const node = this.#childNodes()[index];
    if (node === undefined) throw new RangeError(`node has no child ${index}`);
    const child = new TreeNode(this.#tree, node, this.source);
    child.#parent = this;
    child.#index = index;
    this.#children[index] = child;
    return child;
  }

  /** A child that the library gave: its place is looked for when it is asked for. */
  #adopt(node: Node | null): TreeNode | null {
    if (node === null) return null;
    const child = new TreeNode(this.#tree, node, this.source);
    child.#parent = this;
    return child;
  }

  #sibling(step: 1 | -1): TreeNode | null {
    if (this.#index < 0) this.#findPlace();
    const parent = this.#parent ?? null;
    return parent === null || this.#index < 0 ? null : parent.#childAt(this.#index + step);
  }

  #findPlace(): void {
    const parent = this.#parent ?? null;
    if (parent !== null) {
      this.#index = parent.#childNodes().findIndex(({ id }) => id === this.id);
      return;
    }
    const located = this.#tree.locate(this.#node);
    this.#parent = located === null ? null : located.#parent;
    this.#index = located === null ? -1 : located.#index;
  }
}
