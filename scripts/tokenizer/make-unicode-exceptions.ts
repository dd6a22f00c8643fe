/**
 * Writes src/model/tokenizer/text/unicode-exceptions.ts: where the Unicode tables of the Rust library `tokenizers` differ
 * from those of this runtime.
 *
 *     python scripts/tokenizer/unicode-behaviour.py > behaviour.json
 *     node scripts/tokenizer/make-unicode-exceptions.ts behaviour.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../../src/model/tokenizer/text/unicode-exceptions.ts', import.meta.url));
type Sets =
  | 'dropped'
  | 'chinese'
  | 'spaces'
  | 'punctuation'
  | 'letters'
  | 'numbers'
  | 'bertMarks'
  | 'marks'
  | 'reordered';
type Maps = 'lowercase' | 'nfc' | 'nfd' | 'nfkc' | 'nfkd';
type Behaviour = Record<Sets, number[]> & Record<Maps, Record<string, string>> & { version: string };

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name the output of unicode-behaviour.py');
// What unicode-behaviour.py printed.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const rust = JSON.parse(readFileSync(path, 'utf8')) as Behaviour;

function codePointsWhere(test: (codePoint: number, character: string) => boolean): number[] {
  const found: number[] = [];
  for (let codePoint = 0; codePoint < 0x110000; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    if (test(codePoint, String.fromCodePoint(codePoint))) found.push(codePoint);
  }
  return found;
}

/** Code points on which a pattern and a set of the library disagree. */
function disagreement(name: Sets, pattern: RegExp): number[] {
  const set = new Set(rust[name]);
  return codePointsWhere((codePoint, character) => set.has(codePoint) !== pattern.test(character));
}

function changedOtherwise(name: Maps, change: (character: string) => string): number[] {
  return codePointsWhere((codePoint, character) => (rust[name][codePoint] ?? character) !== change(character));
}

/** `61d 9fd 10f55-10f59`. */
function ranges(codePoints: readonly number[]): string {
  const found: [number, number][] = [];
  for (const codePoint of [...codePoints].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === codePoint - 1) last[1] = codePoint;
    else found.push([codePoint, codePoint]);
  }
  return found
    .map(([first, end]) => (first === end ? [first] : [first, end]).map((n) => n.toString(16)).join('-'))
    .join(' ');
}

const known: [string, number[]][] = [
  ['spaces', disagreement('spaces', /\p{White_Space}/u)],
  ['lowercase', changedOtherwise('lowercase', (character) => character.toLowerCase())],
  [
    'chinese',
    disagreement(
      'chinese',
      /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/u,
    ),
  ],
];
for (const [name, differing] of known) {
  if (differing.length > 0) throw new Error(`${name} differ now: ${ranges(differing)}`);
}
const forms = ['nfc', 'nfd', 'nfkc', 'nfkd'] as const;
const normalized = forms.flatMap((form) => changedOtherwise(form, (c) => c.normalize(form.toUpperCase())));
// The parts of a character that is composed here but not there: they must not be composed either.
const parts = normalized.flatMap((n) =>
  Array.from(String.fromCodePoint(n).normalize('NFD'), (c) => c.codePointAt(0) ?? 0),
);
const reordered = new Set(rust.reordered);
const ordered = codePointsWhere((codePoint, character) => {
  const isReordered = [`\u0345${character}`, `${character}\u0334`].some(
    (pair) => pair.normalize('NFD') === Array.from(pair).reverse().join(''),
  );
  return isReordered !== reordered.has(codePoint);
});
const tables: [string, string, number[]][] = [
  [
    'FORMAT_EXCEPTIONS',
    '`\\p{Cc}`, `\\p{Cf}` and `\\p{Co}` (with U+FFFD, without tab and line ends)',
    disagreement('dropped', /[^\P{C}\p{Cn}\p{Cs}\t\n\r]|\ufffd/u),
  ],
  [
    'PUNCTUATION_EXCEPTIONS',
    '`\\p{P}` (with the symbols of ASCII)',
    disagreement('punctuation', /[\p{P}!-/:-@[-`{-~]/u),
  ],
  ['BERT_MARK_EXCEPTIONS', '`\\p{Mn}`, in BertNormalizer', disagreement('bertMarks', /\p{Mn}/u)],
  ['MARK_EXCEPTIONS', '`\\p{M}`, in StripAccents', disagreement('marks', /\p{M}/u)],
  ['LETTER_EXCEPTIONS', '`\\p{L}`', disagreement('letters', /\p{L}/u)],
  ['NUMBER_EXCEPTIONS', '`\\p{N}`', disagreement('numbers', /\p{N}/u)],
  [
    'NORMALIZATION_EXCEPTIONS',
    'the normalization forms: these are left as they are',
    [...new Set([...normalized, ...ordered, ...parts.filter((n) => n > 0xffff)])],
  ],
];
const lines = tables.map(
  ([name, what, codePoints]) => `/** Of ${what}. */\nexport const ${name}: string =\n  '${ranges(codePoints)}';\n`,
);
writeFileSync(
  TARGET,
  `// Made by scripts/tokenizer/make-unicode-exceptions.ts from tokenizers ${rust.version} and Unicode ${process.versions['unicode']}.
// Code points, in ranges of hexadecimal numbers, that the Rust library treats otherwise than the runtime's Unicode says:
// its tables are older, so most of these are characters that were added since.

${lines.join('\n')}`,
);
