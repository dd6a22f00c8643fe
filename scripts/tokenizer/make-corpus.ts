/**
 * Makes the frozen corpus of test/golden/tokenizer: texts and the ids the Rust library `tokenizers` gives them for the
 * default model. Run it only to extend the corpus:
 *
 *     python faker-texts.py > faker-texts.json        (see there)
 *     node scripts/tokenizer/make-corpus.ts faker-texts.json
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADVERSARIAL_TEXTS, randomUnicode } from './adversarial-texts.ts';
import { randomCode } from './code-texts.ts';
import { writeCorpus } from './corpus-file.ts';
import { OracleTokenizer } from './oracle.ts';
import { SeededRandom } from './random.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOKENIZER = `${ROOT}models/codegraphai/multilingual-e5-small-int8/tokenizer.json`;
const TARGET = `${ROOT}test/fixtures/tokenizer/corpus-default.json.gz`;
/** Source code under free licences: this repository, vitest and fast-check (MIT). */
const CODE_GLOBS = [
  'src/**/*.ts',
  'node_modules/vitest/dist/chunks/*.js',
  'node_modules/fast-check/lib/arbitrary/*.js',
  'node_modules/web-tree-sitter/*.d.ts',
];
const COUNTS = { source: 1500, template: 1500, pieces: 3500, unicode: 4000 };

interface FakerTexts {
  readonly faker: string;
  readonly texts: readonly (readonly [string, string])[];
}

function sourceChunks(random: SeededRandom): string[] {
  const files = globSync(CODE_GLOBS, { cwd: ROOT })
    .sort()
    .map((name) => ROOT + name)
    .filter((path) => statSync(path).size < 300_000);
  const sources = files.map((path) => readFileSync(path, 'utf8'));
  return Array.from({ length: COUNTS.source }, () => {
    const source = random.pick(sources);
    const start = random.integer(source.length);
    return source.slice(start, start + 60 + random.integer(300));
  });
}

function vocabulary(json: string): string[] {
  // The default model's own file: [piece, score] pairs.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const document = JSON.parse(json) as { model: { vocab: [string, number][] } };
  return document.model.vocab.map(([piece]) => piece);
}

/** Pieces side by side without their boundaries: many ways to cut, the best one must be found. */
function pieceMix(random: SeededRandom, pieces: readonly string[]): string {
  const count = 1 + random.integer(8);
  return Array.from({ length: count }, () => random.pick(pieces).replace('▁', random.integer(3) === 0 ? '' : ' ')).join(
    '',
  );
}

/** Every code point of the basic plane and one in seven beyond, each with a neighbour to join. */
function codePointTexts(): string[] {
  const texts: string[] = [];
  let text = '';
  let count = 0;
  for (let codePoint = 1; codePoint < 0x30000; codePoint += codePoint < 0x10000 ? 1 : 7) {
    // Most Han and Hangul syllables behave alike.
    if (
      ((codePoint >= 0x3400 && codePoint < 0x9fff) || (codePoint >= 0xac00 && codePoint < 0xd7a4)) &&
      codePoint % 13 !== 0
    )
      continue;
    if (codePoint >= 0xd800 && codePoint < 0xf8ff && codePoint % 101 !== 0) continue;
    text += `${String.fromCodePoint(codePoint)}${count % 2 === 0 ? 'a' : ''} `;
    count += 1;
    if (count % 24 === 0) {
      texts.push(text);
      text = '';
    }
  }
  return [...texts, text];
}

async function main(fakerPath: string): Promise<void> {
  const random = new SeededRandom(20_261_123);
  const json = readFileSync(TOKENIZER, 'utf8');
  const pieces = vocabulary(json);
  // What faker-texts.py printed.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const faker = JSON.parse(readFileSync(fakerPath, 'utf8')) as FakerTexts;
  const entries: (readonly [string, string])[] = [
    ...faker.texts,
    ...sourceChunks(random).map((text): [string, string] => ['source', text]),
    ...Array.from({ length: COUNTS.template }, (): [string, string] => ['template', randomCode(random)]),
    ...Array.from({ length: COUNTS.pieces }, (): [string, string] => ['pieces', pieceMix(random, pieces)]),
    ...ADVERSARIAL_TEXTS.map((text): [string, string] => ['adversarial', text]),
    ...Array.from({ length: COUNTS.unicode }, (): [string, string] => ['unicode', randomUnicode(random)]),
    ...codePointTexts().map((text): [string, string] => ['codepoints', text]),
  ];
  const oracle = await OracleTokenizer.open(json);
  if (oracle === null) throw new Error('The package tokenizers does not load here');
  const ids: number[][] = [];
  for (const [, text] of entries) ids.push(await oracle.encode(text));
  writeCorpus(TARGET, {
    about: `node scripts/tokenizer/make-corpus.ts; faker ${faker.faker}, tokenizers ${OracleTokenizer.version}`,
    kinds: entries.map(([kind]) => kind),
    texts: entries.map(([, text]) => text),
    ids,
  });
  const total = ids.reduce((sum, list) => sum + list.length, 0);
  console.log(`${entries.length} texts, ${total} ids, ${statSync(TARGET).size} bytes`);
}

const [fakerPath] = process.argv.slice(2);
if (fakerPath === undefined) throw new Error('Name the file that faker-texts.py printed');
await main(fakerPath);
