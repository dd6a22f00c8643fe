import { edgeBytes, mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

/** One field of a message: its number and wire type, and what follows its tag (without the length of wire type 2). */
interface Field {
  readonly tag: number;
  readonly content: Uint8Array;
}

const BYTES = 2;
/** Widths of the wire types that have one. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);
/** Texts that mean something: paths, operators and names of inputs. */
const TEXTS: readonly string[] = [
  '',
  '.',
  '..',
  '../zoo.bin',
  '/etc/passwd',
  './zoo.bin',
  'zoo.legacy.bin',
  'location',
  'offset',
  '99999999999999',
  'If',
  'com.microsoft',
  'EPContext',
  'token_type_ids',
  '\0',
];

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** End of the number at `start`, which is `bytes.length` when there is none. */
function varintEnd(bytes: Uint8Array, start: number): number {
  const last = bytes.findIndex((byte, index) => index >= start && byte < 0x80);
  return last === -1 ? bytes.length : last + 1;
}

function valueOf(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 128 + (byte % 128), 0);
}

/** The fields of a message; null when it is none. */
function splitMessage(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  for (let position = 0; position < bytes.length;) {
    const tagEnd = varintEnd(bytes, position);
    const tag = valueOf(bytes.subarray(position, tagEnd));
    const wireType = tag % 8;
    const numberEnd = varintEnd(bytes, tagEnd);
    const width = WIDTHS.get(wireType);
    const start = wireType === BYTES ? numberEnd : tagEnd;
    const end =
      width !== undefined
        ? start + width
        : wireType === BYTES
          ? start + valueOf(bytes.subarray(tagEnd, numberEnd))
          : numberEnd;
    if (tag < 8 || end > bytes.length || (wireType !== 0 && wireType !== BYTES && width === undefined)) return null;
    fields.push({ tag, content: bytes.subarray(start, end) });
    position = end;
  }
  return fields;
}

function joinMessage(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(({ tag, content }) => [
      Uint8Array.from(tag % 8 === BYTES ? [...varint(tag), ...varint(content.length)] : varint(tag)),
      content,
    ]),
  );
}

/** A number, a text or bytes in place of the content of a field. */
function otherContent({ tag, content }: Field, random: Random): Field {
  if (tag % 8 === 0) {
    const value = random.pick([0, 1, 2, 7, 16, 99, 2 ** 31, 2 ** 32 + 1, 2 ** 52]);
    return { tag, content: Uint8Array.from(varint(value)) };
  }
  if (tag % 8 !== BYTES) return { tag, content: edgeBytes(random, content.length) };
  return { tag, content: random.chance(0.6) ? Buffer.from(random.pick(TEXTS)) : mutateBytes(content, random, content) };
}

function mutateFields(fields: readonly Field[], random: Random): Field[] {
  const at = random.below(fields.length);
  const field = fields[at];
  if (field === undefined) return [...fields];
  const [before, after] = [fields.slice(0, at), fields.slice(at + 1)];
  if (field.tag % 8 === BYTES && field.content.length > 2 && random.chance(0.8)) {
    const inner = splitMessage(field.content);
    if (inner !== null) {
      return [...before, { tag: field.tag, content: joinMessage(mutateFields(inner, random)) }, ...after];
    }
  }
  switch (random.below(6)) {
    case 0: // Removes it.
      return [...before, ...after];
    case 1: // Doubles it.
      return [...before, field, field, ...after];
    case 2: // Moves it to the end.
      return [...before, ...after, field];
    case 3: // Gives it another number or wire type.
      return [...before, { ...field, tag: 8 * (1 + random.below(26)) + random.pick([0, 1, 2, 2, 2, 5]) }, ...after];
    default:
      return [...before, otherContent(field, random), ...after];
  }
}

/** Changes that know the wire format: lengths stay right, so that damage comes to where fields are read. */
export function mutateProtobuf(bytes: Uint8Array, random: Random): Uint8Array {
  let changed = bytes;
  for (let count = 1 + random.below(10); count > 0; count -= 1) {
    const fields = splitMessage(changed);
    changed = fields === null ? mutateBytes(changed, random, bytes) : joinMessage(mutateFields(fields, random));
  }
  return changed;
}
