import { hash } from 'node:crypto';
import type { BodyWords } from './body-words.ts';
import { emptyBodyWords, scanBodyWords } from './body-words.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkDefinition, ChunkSource } from './chunk-source.ts';
import { isCallable, isContainer } from './chunk-source.ts';
import type { ChunkContent, ChunkMember } from './chunk-text.ts';
import { ChunkWriter } from './chunk-text.ts';
import { inOrderOfWeight, moduleDocstring, openingSentences, withoutLicence, wordsOfImports } from './file-opening.ts';
import { coverEveryLine } from './line-coverage.ts';
import type { Piece, Unit } from './file-layout.ts';
import { layOutFile } from './file-layout.ts';
import type { LexicalSyntax } from './lexical-syntax.ts';
import { lexicalSyntaxOf } from './lexical-syntax.ts';
import { LineIndex } from '../kernel/text/line-index.ts';
import { cutPieces, lineSpan } from './piece-windows.ts';
import { firstSentence, plainDocumentation } from './plain-documentation.ts';
import { isTiny, MAX_GROUP_CHARACTERS, TinyGroup } from './tiny-group.ts';

/** Code of at most this many lines between tiny neighbours does not part them. */
const MAX_GAP_LINES = 2;

/**
 * Cuts a file into chunks: one for each function, method and SQL routine, an outline for each class or package, tiny
 * neighbours together, and what lies outside definitions (`definition` -1). Long ones come in parts that repeat their
 * head. Every line that is not blank lies in some chunk. The same input always gives the same chunks.
 *
 * @param source - The parsed file; a file without definitions is cut into windows of lines.
 * @param text - The text the definitions' offsets refer to.
 * @returns In order of their first line.
 */
export function chunkFile(source: ChunkSource, text: string): Chunk[] {
  return new FileChunker(source, text).run();
}

class FileChunker {
  readonly #source: ChunkSource;
  readonly #lines: LineIndex;
  readonly #syntax: LexicalSyntax;
  readonly #writer: ChunkWriter;
  /** Definitions by their parent. */
  readonly #children: ReadonlyMap<number, readonly number[]>;
  readonly #chunks: Chunk[] = [];
  readonly #importWords: ReadonlySet<string>;

  constructor(source: ChunkSource, text: string) {
    this.#source = source;
    this.#lines = new LineIndex(text);
    this.#syntax = lexicalSyntaxOf(source.language);
    this.#writer = new ChunkWriter(source.path);
    this.#importWords = wordsOfImports(source.imports ?? []);
    this.#children = Map.groupBy(source.definitions.keys(), (at) => source.definitions[at]?.parent ?? -1);
  }

  run(): Chunk[] {
    const file = layOutFile(this.#source.definitions, this.#lines);
    this.#chunkFileLevel(file);
    // A list instead of recursion: definitions may be nested as deep as the input likes.
    const open = [...file.members];
    for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
      if (isTiny(unit, this.#lines)) continue;
      if (this.#isOutlined(unit)) this.#chunkContainer(unit);
      else this.#chunkCode(unit);
      for (const member of unit.members) open.push(member);
    }
    if (this.#chunks.length === 0) this.#addParts(-1, file.pieces, fileContent);
    this.#chunks.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine || a.definition - b.definition);
    return coverEveryLine(this.#chunks, this.#lines);
  }

  #isOutlined(unit: Unit): boolean {
    return (
      isContainer(this.#definition(unit).kind) || (unit.members.length > 0 && !isCallable(this.#definition(unit).kind))
    );
  }

  /** Code outside definitions, and the tiny definitions among it. */
  #chunkFileLevel(file: Unit): void {
    let group = new TinyGroup(this.#lines);
    /** Code after the group: part of it if a neighbour follows that fits. */
    let gap: Piece | undefined;
    const flush = (): void => {
      this.#addGroup(file, group);
      group = new TinyGroup(this.#lines);
      if (gap !== undefined) this.#addFileCode(file, gap);
      gap = undefined;
    };
    for (const item of inOrder(file)) {
      if ('definition' in item) {
        if (!isTiny(item, this.#lines)) flush();
        else if (!group.join(item, this.#definition(item), gap)) {
          flush();
          group.join(item, this.#definition(item));
        } else gap = undefined;
      } else if (!this.#isWordless(item)) {
        if (lineSpan([item], this.#lines).count > MAX_GAP_LINES) flush();
        gap = item;
      }
    }
    flush();
  }

  /**
   * Code outside definitions. The first of it stands for the file: it says what the file is for and defines, where licence
   * and imports would come near every question about any such file (dense alone, 77 questions: NDCG@10 .812 with them,
   * .833 so).
   */
  #addFileCode(file: Unit, piece: Piece): void {
    const unembedded = this.#importWords;
    if (piece !== file.pieces[0] || file.members.length === 0) {
      this.#addParts(-1, [piece], (words) => ({ ...fileContent(words), unembedded }));
      return;
    }
    const members = inOrderOfWeight(file.members.map((member) => this.#definition(member)));
    const [opening = [], ...rest] = cutPieces([piece], this.#lines);
    const docstring = moduleDocstring(this.#source.language, this.#lines.text.slice(piece.from, piece.to));
    this.#addPart(-1, opening, (words) => ({
      ...fileContent({ ...words, comments: [...withoutLicence(words.comments)] }),
      documentation: docstring,
      overview: { sentences: openingSentences(members), members },
      unembedded,
    }));
    for (const part of rest) this.#addPart(-1, part, (words) => ({ ...fileContent(words), unembedded }));
  }

  /** A class or package: what it holds, and code of its own. Tiny members are told in the outline where they fit. */
  #chunkContainer(unit: Unit): void {
    const tiny = unit.members.filter((member) => isTiny(member, this.#lines));
    const fields = tiny.filter((member) => !isCallable(this.#definition(member).kind));
    let characters = 0;
    for (const field of fields) characters += this.#definition(field).signature.length;
    const told = characters <= MAX_GROUP_CHARACTERS ? new Set(fields) : new Set<Unit>();
    this.#addOutline(unit, told);
    let group = new TinyGroup(this.#lines);
    for (const member of unit.members) {
      if (told.has(member)) continue;
      const isSmall = isTiny(member, this.#lines);
      if (!isSmall || !group.join(member, this.#definition(member))) {
        this.#addGroup(unit, group);
        group = new TinyGroup(this.#lines);
        if (isSmall) group.join(member, this.#definition(member));
      }
    }
    this.#addGroup(unit, group);
  }

  #addOutline(unit: Unit, told: ReadonlySet<Unit>): void {
    const definition = this.#definition(unit);
    const members = this.#membersOf(unit);
    const [first = [], ...rest] = cutPieces(unit.pieces, this.#lines);
    const body = this.#scan([
      ...this.#withoutDocumentation(unit, first),
      ...[...told].flatMap((member) => member.pieces),
    ]);
    const span = lineSpan([{ from: unit.pieces[0]?.from ?? unit.start, to: unit.end }], this.#lines);
    this.#add(unit.definition, span, {
      symbols: [definition.qualifiedName],
      signatures: [definition.signature],
      documentation: definition.documentation,
      members,
      body,
    });
    for (const pieces of rest) this.#addPart(unit.definition, pieces, (words) => partContent(definition, words));
  }

  /** What is defined in it, and what belongs to it though it is written elsewhere, as methods of a Go type are. */
  #membersOf(unit: Unit): ChunkMember[] {
    const inside = unit.members.map((member) => member.definition);
    const all = new Set([...inside, ...(this.#children.get(unit.definition) ?? [])]);
    return [...all].flatMap((member) => this.#source.definitions[member] ?? []);
  }

  #chunkCode(unit: Unit): void {
    const definition = this.#definition(unit);
    const [first = [{ from: unit.start, to: unit.start }], ...rest] = cutPieces(unit.pieces, this.#lines);
    const nested = unit.absorbed.map((at) => this.#source.definitions[at]?.name ?? '');
    this.#add(unit.definition, lineSpan(first, this.#lines), {
      symbols: [definition.qualifiedName, ...nested],
      signatures: [definition.signature],
      documentation: definition.documentation,
      context: this.#contextOf(unit),
      members: [],
      body: this.#scan(this.#withoutDocumentation(unit, first)),
    });
    for (const pieces of rest) this.#addPart(unit.definition, pieces, (words) => partContent(definition, words));
  }

  /** What the definition around it is for: the words a short method leaves out. */
  #contextOf(unit: Unit): string {
    const container = unit.container;
    if (container === undefined || container.definition < 0) return '';
    return firstSentence(plainDocumentation(this.#definition(container).documentation));
  }

  /** The pieces of a definition without the comment above it, where that is its documentation already. */
  #withoutDocumentation(unit: Unit, pieces: readonly Piece[]): Piece[] {
    const { documentation, bodyOffset, range, signature } = this.#definition(unit);
    const hasBody = signature !== '' && bodyOffset > range.startOffset && bodyOffset < range.endOffset;
    const from = hasBody ? bodyOffset : unit.start;
    const comment = documentation === '' ? unit.start : 0;
    return pieces.flatMap((piece) => {
      const kept: Piece[] = [];
      if (piece.from < comment) kept.push({ from: piece.from, to: Math.min(piece.to, comment) });
      if (piece.to > from) kept.push({ from: Math.max(piece.from, from), to: piece.to });
      return kept;
    });
  }

  #addGroup(container: Unit, group: TinyGroup): void {
    const [first] = group.units;
    if (first === undefined) return;
    const definitions = group.units.map((unit) => this.#definition(unit));
    const shown = group.units.length > 1 && container.definition >= 0 ? container.definition : first.definition;
    this.#add(shown, lineSpan(group.pieces, this.#lines), {
      symbols: definitions.map((definition) => definition.qualifiedName),
      signatures: definitions.map((definition) => definition.signature),
      documentation: definitions
        .map((definition) => definition.documentation)
        .join(' ')
        .trim(),
      members: [],
      body: this.#scan([
        ...group.units.flatMap((unit) => this.#withoutDocumentation(unit, unit.pieces)),
        ...group.gaps,
      ]),
    });
  }

  #addParts(definition: number, pieces: readonly Piece[], contentOf: (words: BodyWords) => ChunkContent): void {
    for (const part of cutPieces(pieces, this.#lines)) this.#addPart(definition, part, contentOf);
  }

  #addPart(definition: number, pieces: readonly Piece[], contentOf: (words: BodyWords) => ChunkContent): void {
    const span = lineSpan(pieces, this.#lines);
    if (span.count > 0) this.#add(definition, span, contentOf(this.#scan(pieces)));
  }

  #add(definition: number, span: { readonly first: number; readonly last: number }, content: ChunkContent): void {
    const text = this.#writer.writeText(content);
    this.#chunks.push({
      definition,
      startLine: span.first + 1,
      endLine: span.last + 1,
      text,
      contentHash: hash('sha256', text),
      words: this.#writer.writeWords(content),
    });
  }

  #scan(pieces: readonly Piece[]): BodyWords {
    const words = emptyBodyWords();
    for (const { from, to } of pieces) scanBodyWords(this.#lines.text, from, to, this.#syntax, words);
    return words;
  }

  #isWordless(piece: Piece): boolean {
    const { identifiers, comments, literals } = this.#scan([piece]);
    return identifiers.length + comments.length + literals.length === 0;
  }

  #definition(unit: Unit): ChunkDefinition {
    const definition = this.#source.definitions[unit.definition];
    if (definition === undefined) throw new RangeError(`The file has no definition ${unit.definition}`);
    return definition;
  }
}

function fileContent(body: BodyWords): ChunkContent {
  return { symbols: [], signatures: [], documentation: '', members: [], body };
}

/** A later part of a long definition: its head again, without the documentation. */
function partContent(definition: ChunkDefinition, body: BodyWords): ChunkContent {
  return { ...fileContent(body), symbols: [definition.qualifiedName], signatures: [definition.signature] };
}

/** A unit's own pieces and its members, as they follow each other. */
function* inOrder(unit: Unit): Generator<Piece | Unit> {
  let next = 0;
  for (const piece of unit.pieces) {
    for (
      let member = unit.members[next];
      member !== undefined && member.start < piece.from;
      member = unit.members[++next]
    )
      yield member;
    yield piece;
  }
  yield* unit.members.slice(next);
}
