import { representative, type DefinitionDraft } from './definition-drafts.ts';

/** Finds the innermost definition around an offset. Offsets must be asked in ascending order between restarts. */
export class ScopeFinder {
  readonly #drafts: readonly DefinitionDraft[];
  readonly #byName: ReadonlyMap<number, DefinitionDraft>;
  #next = 0;
  #stack: DefinitionDraft[] = [];

  /** @param drafts - By start, a parent before its children. Values that belong to a class from afar enclose nothing. */
  constructor(drafts: readonly DefinitionDraft[]) {
    this.#drafts = drafts.filter((draft) => !draft.member || draft.kind === 'method');
    this.#byName = new Map(drafts.map((draft) => [draft.nameOffset, draft]));
  }

  /** Starts again from offset 0. */
  restart(): void {
    this.#next = 0;
    this.#stack = [];
  }

  /** The innermost draft around the offset, or null at the top of the file. */
  draftAround(offset: number): DefinitionDraft | null {
    for (;;) {
      const draft = this.#drafts[this.#next];
      if (draft === undefined || draft.startOffset > offset) break;
      this.#stack.push(draft);
      this.#next++;
    }
    for (let top = this.#stack.at(-1); top !== undefined && top.endOffset <= offset; top = this.#stack.at(-1)) {
      this.#stack.pop();
    }
    return this.#stack.at(-1) ?? null;
  }

  /** Index of the definition in which a name at the offset is visible: the one it names itself does not count. */
  around(nameOffset: number): number {
    const scope = this.draftOfName(nameOffset);
    return scope === null ? -1 : representative(scope).index;
  }

  /** As {@link around}: the draft itself, null at the top of the file. */
  draftOfName(nameOffset: number): DefinitionDraft | null {
    let scope = this.draftAround(nameOffset);
    const named = this.#byName.get(nameOffset);
    // Several names may be defined by one node: none of them is the others' scope.
    while (scope !== null && scope.startOffset === named?.startOffset && scope.endOffset === named.endOffset) {
      scope = scope.parent;
    }
    return scope;
  }
}
