import type { Random } from './random.ts';

/** A place in a document. */
interface Place {
  readonly container: unknown[] | Record<string, unknown>;
  readonly key: string | number;
}

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '__metadata__',
  'id',
  'type',
  'model',
  'vocab',
  '',
  '\u0000',
  'weight_map',
];

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Values that a format did not think of. */
function oddValue(random: Random): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => random.chance(0.5),
    () => random.pick([0, -1, 1, 2, 0.5, -0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, 1e20, 255, 65_536]),
    () => random.below(1000),
    () =>
      random.pick([
        '',
        'a',
        'ab',
        '\u0000',
        '\ud800',
        '▁',
        '##a',
        '../x',
        'F32',
        'BF16',
        'Unigram',
        'WordPiece',
        'BPE',
        '[UNK]',
        '<s>',
      ]),
    () => 'x'.repeat(random.below(5000)),
    () => [],
    () => ({}),
    () => nested(random.below(200)),
    () => Array.from({ length: random.below(500) }, (_, index) => index),
  ])();
}

function isContainer(value: unknown): value is unknown[] | Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function placesOf(document: unknown): Place[] {
  const places: Place[] = [];
  const pending = [document];
  for (let at = 0; at < pending.length; at += 1) {
    const container = pending[at];
    if (!isContainer(container)) continue;
    for (const [key, value] of Object.entries(container)) {
      places.push({ container, key: Array.isArray(container) ? Number(key) : key });
      pending.push(value);
    }
  }
  return places;
}

function read({ container, key }: Place): unknown {
  return Array.isArray(container) ? container[Number(key)] : container[key];
}

/** Sets it as an own property, whatever it is called. */
function write({ container, key }: Place, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function mutateOnce(document: unknown, random: Random): void {
  const places = placesOf(document);
  if (places.length === 0) return;
  // Vocabularies have most of the places and are all alike: half of the changes go to the first ones.
  const place = random.chance(0.5) ? random.pick(places.slice(0, 60)) : random.pick(places);
  const { container, key } = place;
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      return;
    case 1:
      return write({ container, key: Array.isArray(container) ? container.length : random.pick(KEYS) }, read(place));
    case 2: // Grafts another part of the document, copied: no value may hold itself.
      return write(place, structuredClone(read(random.pick(places))));
    case 3:
      if (Array.isArray(container)) container.splice(Number(key), 0, oddValue(random));
      else write({ container, key: random.pick(KEYS) }, oddValue(random));
      return;
    case 4:
      if (typeof read(place) === 'number') return write(place, Number(read(place)) + random.pick([-1, 1, 0.5, 1000]));
      return write(place, oddValue(random));
    default:
      return write(place, oddValue(random));
  }
}

/** A document with some changes, as text. */
export function mutateJson(document: unknown, random: Random): string {
  const changed: unknown = structuredClone(document);
  const count = 1 + random.below(random.chance(0.8) ? 2 : 6);
  for (let done = 0; done < count; done += 1) mutateOnce(changed, random);
  return JSON.stringify(changed);
}
