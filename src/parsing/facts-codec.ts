import type { Definition, ParsedFile, Reference } from './language.ts';

/**
 * A parsed file as bytes, in two sections: what other files may look at, and its references, which only its own
 * resolution needs. Each is JSON of tuples: as small as an own binary format once names are counted, and read by the
 * fastest parser there is. Offsets of a reader: 4 bytes with the length of the first section, little-endian.
 */
const HEADER_BYTES = 4;

/** Fields of a definition in the order of its tuple; what else one has follows as an object. */
type DefinitionTuple = [
  kind: string,
  name: string,
  /** 0 where it is the parent's and the name, joined by a dot. */
  qualifiedName: string | 0,
  parent: number,
  range: readonly number[],
  signature: string,
  exported: 0 | 1,
  typeName: string | 0,
  bases: Definition['bases'] | 0,
  rest?: object,
];
type ReferenceTuple = [
  kind: string,
  name: string,
  receiver: string | null,
  enclosing: number,
  line: number,
  column: number,
  rest?: object,
];
type TypedNameTuple = [name: string, typeName: string, scope: number, rest?: object];

/** Everything but the lists that have tuples. */
type Frame = Omit<ParsedFile, 'definitions' | 'references' | 'typedNames'>;
type Surface = readonly [Frame, DefinitionTuple[], TypedNameTuple[]];

/**
 * Packs a parsed file. Its documentation and diagnostics are left out: symbols and files keep them.
 *
 * @returns Bytes of an `ArrayBuffer` of their own, so that they can be handed to another thread.
 */
export function encodeFacts(parsed: ParsedFile): Uint8Array<ArrayBuffer> {
  const { definitions, references, typedNames, diagnostics: _kept, ...frame } = parsed;
  const surface: Surface = [
    { ...frame, diagnostics: [] },
    definitions.map((definition) => definitionTuple(definition, definitions)),
    typedNames.map(({ name, typeName, scope, ...rest }) => withRest([name, typeName, scope], rest)),
  ];
  const first = Buffer.from(JSON.stringify(surface), 'utf8');
  const second = Buffer.from(JSON.stringify(references.map(referenceTuple)), 'utf8');
  const bytes = new Uint8Array(HEADER_BYTES + first.byteLength + second.byteLength);
  new DataView(bytes.buffer).setUint32(0, first.byteLength, true);
  bytes.set(first, HEADER_BYTES);
  bytes.set(second, HEADER_BYTES + first.byteLength);
  return bytes;
}

/**
 * Unpacks what {@link encodeFacts} made. References are read each time they are asked for, and not kept: a project's
 * surfaces fit into memory, its references need not.
 *
 * @throws TypeError or SyntaxError when the bytes are something else.
 */
export function decodeFacts(bytes: Uint8Array): ParsedFile {
  if (bytes.byteLength < HEADER_BYTES) throw new TypeError('facts are cut');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const end = HEADER_BYTES + length;
  if (end > bytes.byteLength) throw new TypeError('facts are cut');
  // The border to stored bytes: the frame is checked, what is inside was written by `encodeFacts`.
  const surface: unknown = JSON.parse(textOf(bytes.subarray(HEADER_BYTES, end)));
  if (!isSurface(surface)) throw new TypeError('a section of the facts is missing');
  const [frame, definitions, typedNames] = surface;
  const read: Definition[] = [];
  for (const tuple of definitions) read.push(readDefinition(tuple, read));
  // A copy: what is read of the surface needs the bytes no more.
  const references = bytes.slice(end);
  if (references[0] !== 0x5b || references.at(-1) !== 0x5d) throw new TypeError('a section of the facts is missing');
  return {
    ...frame,
    definitions: read,
    typedNames: typedNames.map(([name, typeName, scope, rest]) => ({ name, typeName, scope, ...rest })),
    get references() {
      return readReferences(references);
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function isSurface(value: unknown): value is Surface {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [frame, definitions, typedNames] = value as readonly unknown[];
  if (typeof frame !== 'object' || frame === null) return false;
  const { path, language, imports } = frame as Record<string, unknown>;
  return (
    typeof path === 'string' &&
    typeof language === 'string' &&
    Array.isArray(imports) &&
    Array.isArray(definitions) &&
    Array.isArray(typedNames)
  );
}

function definitionTuple(definition: Definition, all: readonly Definition[]): DefinitionTuple {
  const {
    kind,
    name,
    qualifiedName,
    parent,
    range,
    bodyOffset,
    signature,
    documentation: _kept,
    exported,
    bases,
    typeName,
    ...rest
  } = definition;
  const tuple: DefinitionTuple = [
    kind,
    name,
    qualifiedName === joined(all[parent], name) ? 0 : qualifiedName,
    parent,
    [
      range.start.line,
      range.start.column,
      range.end.line,
      range.end.column,
      range.startOffset,
      range.endOffset,
      bodyOffset,
    ],
    signature,
    exported ? 1 : 0,
    typeName ?? 0,
    bases.length === 0 ? 0 : bases,
  ];
  return withRest(tuple, rest);
}

function joined(parent: Definition | undefined, name: string): string {
  return parent === undefined ? name : `${parent.qualifiedName}.${name}`;
}

function readDefinition(tuple: DefinitionTuple, before: readonly Definition[]): Definition {
  const [kind, name, qualifiedName, parent, numbers, signature, exported, typeName, bases, rest] = tuple;
  const [startLine = 0, startColumn = 0, endLine = 0, endColumn = 0, startOffset = 0, endOffset = 0, bodyOffset = 0] =
    numbers;
  return {
    kind: kind as Definition['kind'], // Written from one.
    name,
    qualifiedName: qualifiedName === 0 ? joined(before[parent], name) : qualifiedName,
    parent,
    range: {
      start: { line: startLine, column: startColumn },
      end: { line: endLine, column: endColumn },
      startOffset,
      endOffset,
    },
    bodyOffset,
    signature,
    documentation: '',
    exported: exported === 1,
    bases: bases === 0 ? [] : bases,
    ...(typeName === 0 ? {} : { typeName }),
    ...rest,
  };
}

function referenceTuple({ kind, name, receiver, enclosing, position, ...rest }: Reference): ReferenceTuple {
  return withRest([kind, name, receiver, enclosing, position.line, position.column], rest);
}

function readReferences(bytes: Uint8Array): Reference[] {
  const tuples: unknown = JSON.parse(textOf(bytes));
  if (!Array.isArray(tuples)) throw new TypeError('the references of the facts are missing');
  return (tuples as ReferenceTuple[]).map(([kind, name, receiver, enclosing, line, column, rest]) => ({
    kind: kind as Reference['kind'], // Written from one.
    name,
    receiver,
    enclosing,
    position: { line, column },
    ...rest,
  }));
}

/** Fields without a place of their own, such as those one language alone has. */
function withRest<Tuple extends DefinitionTuple | ReferenceTuple | TypedNameTuple>(tuple: Tuple, rest: object): Tuple {
  for (const value of Object.values(rest)) {
    if (value === undefined) continue;
    tuple.push(rest); // The tuples end with it.
    break;
  }
  return tuple;
}
