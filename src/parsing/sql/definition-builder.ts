import type { SymbolKind } from '../../graph/symbol.ts';
import type { SourcePosition } from '../../graph/source-range.ts';
import type { LineIndex } from '../../kernel/text/line-index.ts';
import type { Definition } from '../language.ts';

/** A definition whose end is not known yet. */
interface OpenDefinition {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
  readonly parent: number;
  readonly start: number;
  readonly exported: boolean;
  signature: string;
  documentation: string;
  bodyOffset: number | undefined;
  typeName: string | undefined;
  end: number;
}

/** Collects the definitions of a file in the order they start. */
export class DefinitionBuilder {
  readonly #lines: LineIndex;
  readonly #open: OpenDefinition[] = [];

  constructor(lines: LineIndex) {
    this.#lines = lines;
  }

  /** @returns The index of the new definition. */
  add(kind: SymbolKind, parts: readonly string[], parent: number, start: number, exported: boolean): number {
    const outer = this.#open[parent];
    const own = parts.join('.');
    const qualifiedName = outer === undefined ? own : `${outer.qualifiedName}.${own}`;
    this.#open.push({
      kind,
      name: parts.at(-1) ?? '',
      qualifiedName,
      parent,
      start,
      exported,
      signature: '',
      documentation: '',
      bodyOffset: undefined,
      typeName: undefined,
      end: start,
    });
    return this.#open.length - 1;
  }

  startOf(index: number): number {
    return this.#open[index]?.start ?? 0;
  }

  hasSignature(index: number): boolean {
    return this.#open[index]?.signature !== '';
  }

  describe(index: number, signature: string, documentation: string, bodyOffset: number | undefined): void {
    const definition = this.#open[index];
    if (definition === undefined) return;
    definition.signature = signature;
    definition.documentation = documentation;
    definition.bodyOffset = bodyOffset;
  }

  setType(index: number, typeName: string): void {
    const definition = this.#open[index];
    if (definition !== undefined) definition.typeName = typeName;
  }

  close(index: number, end: number): void {
    const definition = this.#open[index];
    if (definition !== undefined) definition.end = Math.max(end, definition.start);
  }

  /** Forgets the last definition: a declaration ahead of the real one. */
  removeLast(): void {
    this.#open.pop();
  }

  position(offset: number): SourcePosition {
    const line = this.#lines.lineOf(offset);
    return { line, column: offset - this.#lines.startOf(line) };
  }

  build(): Definition[] {
    return this.#open.map(({ start, end, bodyOffset, typeName, ...definition }) => ({
      ...definition,
      range: { start: this.position(start), end: this.position(end), startOffset: start, endOffset: end },
      bodyOffset: Math.min(bodyOffset ?? end, end),
      bases: [],
      ...(typeName === undefined ? {} : { typeName }),
    }));
  }
}
