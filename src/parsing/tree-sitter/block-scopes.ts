import type { DefinitionDraft } from './definition-drafts.ts';

/** A node whose names are visible only inside of it: a block, a function without a name, a loop. */
export interface FoundBlock {
  readonly startOffset: number;
  readonly endOffset: number;
  /**
   * What a `function` returns is not returned by the definition around it; names inside of a `type` are no names of the
   * code around.
   */
  readonly kind: 'block' | 'function' | 'type';
}

interface Block extends FoundBlock {
  readonly parent: Block | null;
  /** A number of its own, below -1. */
  readonly scope: number;
}

/** Offset from which blocks are numbered down: -1 is the file, 0 and more are definitions. */
const FIRST_BLOCK = -2;

/**
 * The blocks of a file as scopes. A scope is a number: that of a definition, -1 for the file, or less for a block. Blocks
 * that are all of a definition, or of another block, are no scopes of their own.
 */
export class BlockScopes {
  readonly #blocks: readonly Block[];
  #next = 0;
  #stack: Block[] = [];

  /**
   * @param found - In any order.
   * @param drafts - The definitions of the file.
   * @param text - The file.
   */
  constructor(found: readonly FoundBlock[], drafts: readonly DefinitionDraft[], text: string) {
    this.#blocks = found.length === 0 ? [] : nestBlocks(found, drafts, text);
  }

  /** Starts again from offset 0. */
  restart(): void {
    this.#next = 0;
    this.#stack = [];
  }

  /** The innermost block around an offset that is inside of the draft. Offsets are asked in ascending order between restarts. */
  around(offset: number, draft: DefinitionDraft | null): Block | null {
    if (this.#blocks.length === 0) return null;
    for (;;) {
      const block = this.#blocks[this.#next];
      if (block === undefined || block.startOffset > offset) break;
      this.#stack.push(block);
      this.#next++;
    }
    for (let top = this.#stack.at(-1); top !== undefined && top.endOffset <= offset; top = this.#stack.at(-1)) {
      this.#stack.pop();
    }
    const block = this.#stack.at(-1) ?? null;
    return block !== null && isInside(block, draft) ? block : null;
  }

  /**
   * Numbers the blocks that hold names, and says which scope each of them is in.
   *
   * @param used - Scopes that hold names.
   * @param scopeOfDraft - The definition a block stands in, by an offset; asked in ascending order.
   */
  compact(used: ReadonlySet<number>, draftAround: (offset: number) => DefinitionDraft | null): CompactBlocks {
    const finals = new Map<number, number>();
    const drafts = new Map<number, DefinitionDraft | null>();
    for (const block of this.#blocks) {
      if (!used.has(block.scope)) continue;
      finals.set(block.scope, FIRST_BLOCK - finals.size);
      drafts.set(block.scope, draftAround(block.startOffset));
    }
    const final = (from: Block | null, draft: DefinitionDraft | null): number | undefined => {
      for (let at = from; at !== null && isInside(at, draft); at = at.parent) {
        const number = finals.get(at.scope);
        if (number !== undefined) return number;
      }
      return undefined;
    };
    const parents: number[] = [];
    for (const block of this.#blocks) {
      if (!finals.has(block.scope)) continue;
      const draft = drafts.get(block.scope) ?? null;
      parents.push(final(block.parent, draft) ?? (draft === null ? -1 : indexOf(draft)));
    }
    return { parents, final, finalScope: (scope) => finals.get(scope) ?? scope };
  }
}

/** Blocks that hold names, numbered. */
export interface CompactBlocks {
  /** The scope each block is in; the first is that of scope -2, the next of -3. */
  readonly parents: readonly number[];
  /** The scope of a place in a block; undefined where that is the definition or file around it. */
  readonly final: (block: Block | null, draft: DefinitionDraft | null) => number | undefined;
  readonly finalScope: (scope: number) => number;
}

function isInside(block: Block, draft: DefinitionDraft | null): boolean {
  return draft === null || block.startOffset > draft.startOffset;
}

function indexOf(draft: DefinitionDraft): number {
  let at = draft;
  while (at.mergedInto !== null) at = at.mergedInto;
  return at.index;
}

function nestBlocks(found: readonly FoundBlock[], drafts: readonly DefinitionDraft[], text: string): Block[] {
  const starts = new Map<number, number>();
  for (const { startOffset, endOffset } of drafts) {
    starts.set(endOffset, Math.min(startOffset, starts.get(endOffset) ?? startOffset));
  }
  const isBody = ({ startOffset, endOffset }: FoundBlock): boolean => {
    const end = text.charAt(endOffset) === ';' ? endOffset + 1 : endOffset;
    return (starts.get(endOffset) ?? Infinity) <= startOffset || (starts.get(end) ?? Infinity) <= startOffset;
  };
  const sorted = [...found].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const blocks: Block[] = [];
  const stack: Block[] = [];
  for (const block of sorted) {
    while ((stack.at(-1)?.endOffset ?? Infinity) <= block.startOffset) stack.pop();
    const parent = stack.at(-1) ?? null;
    if (parent?.endOffset === block.endOffset || isBody(block)) continue;
    const kept = { ...block, parent, scope: FIRST_BLOCK - blocks.length };
    blocks.push(kept);
    stack.push(kept);
  }
  return blocks;
}
