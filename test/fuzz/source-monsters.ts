import { Random } from './random.ts';

/** Source no parser was made for. */
export interface SourceMonster {
  /** What it is: said when it does harm. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Brackets do not match, so that no grammar accepts it: a diagnostic must say so. */
  readonly isUnbalanced: boolean;
}

const OPENERS = [
  '(',
  '[',
  '{',
  'f(',
  'if (x) {',
  'class A {',
  'def f(',
  'function f() {',
  '"${',
  'x = [',
  'a(b[',
  'case (',
  '<a ',
  '/* (',
  'do {',
];
const BRACKETS = ['(', ')', '[', ']', '{', '}'];
const WORDS = (
  'class function def func fun fn type const let var val import export from use using namespace package module end begin do if ' +
  'else while for return yield async await new this self super public static void int string => -> :: . , ; : = == + - * / % ' +
  '& | ! ? @ # $ ( ) { } [ ] < > " \' ` \\ // /* */ """ x Y _z 1 0x1F 1e9 \n \t \r\n'
).split(' ');
const CHARACTERS = ['\0', '\ufeff', '\u2028', '\u202e', 'é', '日本', '😀', '\x1b', '\x7f', '\r', '\v', '\f'];

const LONG_LINE = 1 << 20;
/** Kinds of monsters, and how many of a thousand are of each. */
const KINDS: readonly (readonly [
  share: number,
  make: (random: Random, samples: readonly string[]) => SourceMonster,
])[] = [
  [340, cutAndPasted],
  [220, brackets],
  [200, nested],
  [120, wordSoup],
  [118, encoded],
  [2, longLine],
];

/**
 * One of the monsters of a language: deep nesting, brackets without partner, lines of a megabyte, code cut and pasted,
 * words in no order, bytes of several encodings, NUL.
 *
 * @param samples - Real code of the language.
 * @param number - From 0; a thousand in a row hold every kind in its share.
 */
export function sourceMonster(seed: number, number: number, samples: readonly string[]): SourceMonster {
  const random = new Random(seed + number * 7_919);
  let place = number % 1_000;
  for (const [share, make] of KINDS) {
    if (place < share) return make(random, samples);
    place -= share;
  }
  throw new RangeError('the shares are not a thousand');
}

const text = (name: string, source: string, isUnbalanced = false): SourceMonster => ({
  name,
  bytes: Buffer.from(source, 'utf8'),
  isUnbalanced,
});

const pick = <T>(random: Random, list: readonly T[], otherwise: T): T => list[random.below(list.length)] ?? otherwise;

/** Pieces of real code in another order, some twice, some in half, with strange characters between. */
function cutAndPasted(random: Random, samples: readonly string[]): SourceMonster {
  const parts: string[] = [];
  for (let count = 1 + random.below(6); count > 0; count--) {
    const sample = pick(random, samples, 'x = 1\n');
    const start = random.below(sample.length);
    parts.push(sample.slice(start, start + random.below(600)));
    if (random.below(3) === 0) parts.push(pick(random, CHARACTERS, '\0').repeat(1 + random.below(4)));
    if (random.below(4) === 0) parts.push(pick(random, WORDS, 'x'));
  }
  return text('code cut and pasted', parts.join(''));
}

function brackets(random: Random): SourceMonster {
  let source = '';
  for (let count = random.below(400); count > 0; count--) source += pick(random, BRACKETS, '(');
  return text('brackets without partner', `${source}${'('.repeat(1 + random.below(20))}x`, true);
}

function nested(random: Random, samples: readonly string[]): SourceMonster {
  const opener = pick(random, OPENERS, '(');
  const depth = 1 + random.below(random.below(20) === 0 ? 3_000 : 300);
  const name = `${depth} times ${opener}`;
  return text(name, `${pick(random, samples, '').slice(0, random.below(200))}${opener.repeat(depth)}`);
}

function wordSoup(random: Random): SourceMonster {
  const words: string[] = [];
  for (let count = random.below(500); count > 0; count--) words.push(pick(random, WORDS, 'x'));
  return text('words in no order', words.join(random.below(2) === 0 ? ' ' : ''));
}

/** The bytes of real code in one encoding, with others and NUL between. */
function encoded(random: Random, samples: readonly string[]): SourceMonster {
  const sample = `${pick(random, samples, 'x').slice(0, 1_500)} // açaí ñ 日本 😀\n`;
  const encoding = pick(random, ['latin1', 'utf8', 'utf16le'] as const, 'utf8');
  const mark = encoding === 'utf16le' && random.below(2) === 0 ? [0xff, 0xfe] : [];
  const bytes = Buffer.concat([Buffer.from(mark), Buffer.from(sample, encoding)]);
  for (let count = random.below(12); count > 0; count--)
    bytes[random.below(bytes.length)] = pick(random, [0, 0xff, 0xc3, 0x80, 0xed, 0xfe], 0);
  return { name: `${encoding} with other bytes`, bytes, isUnbalanced: false };
}

/** One line: a list, a text or a comment of a megabyte, or real code without its line breaks. */
function longLine(random: Random, samples: readonly string[]): SourceMonster {
  const code = pick(random, samples, 'x;').slice(0, 400).replaceAll(/\s+/gu, ' ') || 'x;';
  const units = ['[1, 2], ', 'a + b * c - ', '// ab ', code];
  const unit = units[random.below(units.length)] ?? code;
  const length = unit === code ? LONG_LINE / 32 : LONG_LINE;
  return text(`a line of ${length} characters`, unit.repeat(Math.ceil(length / unit.length)).slice(0, length));
}
