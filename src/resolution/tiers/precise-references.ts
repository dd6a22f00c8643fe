import type { Reference } from '../../parsing/language.ts';
import type { ScipDocument } from '../../scip/scip-index.ts';
import { LOCAL_PREFIX, lastDescriptorName } from '../../scip/scip-symbol.ts';
import type { Declaration, FileScope, ProjectIndex } from '../project-index.ts';

interface Place {
  readonly path: string;
  readonly line: number;
}

/** Lines hold fewer characters than this, or their last ones are not looked up. */
const MAX_COLUMN = 2 ** 20;

/** Descriptors of constructors: of scip-typescript, scip-java, scip-dotnet, and the methods Python and Ruby call them by. */
const CONSTRUCTORS: ReadonlySet<string> = new Set(['<constructor>', '<init>', '.ctor', '__init__', 'initialize']);

/**
 * The first tier: what the index of a compiler or language server says. An index may be older than the source, so every
 * answer is checked: the use must bear the name of the symbol, and so must the definition it leads to.
 */
export class PreciseReferences {
  readonly #index: ProjectIndex;
  /** Path → place in the file → symbol. */
  readonly #uses = new Map<string, Map<number, string>>();
  readonly #definitions = new Map<string, Place>();

  /** @param documents - With columns in UTF-16 units. */
  constructor(documents: Iterable<ScipDocument>, index: ProjectIndex) {
    this.#index = index;
    for (const { path, occurrences } of documents) {
      const uses = this.#uses.get(path) ?? new Map<number, string>();
      this.#uses.set(path, uses);
      for (const { line, column, symbol, isDefinition } of occurrences) {
        if (symbol.startsWith(LOCAL_PREFIX) || column >= MAX_COLUMN) continue;
        // Of several definitions (overloads, reopened namespaces) the first counts.
        if (!isDefinition) uses.set(line * MAX_COLUMN + column, symbol);
        else if (!this.#definitions.has(symbol)) this.#definitions.set(symbol, { path, line });
      }
    }
  }

  /** What a use means; `external` outside of the project, undefined where the index does not say. */
  find(file: FileScope, { name, position }: Reference): Declaration | 'external' | undefined {
    const symbol = this.#uses.get(file.parsed.path)?.get(position.line * MAX_COLUMN + position.column);
    if (symbol === undefined) return undefined;
    const meant = lastDescriptorName(symbol);
    if (meant !== undefined && CONSTRUCTORS.has(meant)) {
      const owner = ownerOf(symbol);
      return lastDescriptorName(owner) === name ? this.#declaration(owner, name) : undefined;
    }
    return meant === name ? this.#declaration(symbol, name) : undefined;
  }

  #declaration(symbol: string, name: string): Declaration | 'external' | undefined {
    const place = this.#definitions.get(symbol);
    if (place === undefined) return 'external';
    return this.#index.byPath
      .get(place.path)
      ?.declarations.findLast(
        ({ definition: { name: own, range } }) =>
          own === name && range.start.line <= place.line && place.line <= range.end.line,
      );
  }
}

/** The symbol without its last descriptor. */
function ownerOf(symbol: string): string {
  return symbol.replace(/(?:`(?:[^`]|``)+`|[\w+$-]+)\([\w+$-]*\)\.$/, '');
}
