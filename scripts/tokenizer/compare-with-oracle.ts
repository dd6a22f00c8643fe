/**
 * Counts texts of the frozen corpus whose ids equal those of the Rust library `tokenizers`, in each layout:
 *
 *     node scripts/tokenizer/compare-with-oracle.ts path/to/tokenizer.json
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnigramTokenizer } from '../../src/model/tokenizer/unigram-tokenizer.ts';
import { readCorpus } from './corpus-file.ts';
import { LAYOUTS, withLayout } from './layouts.ts';
import { OracleTokenizer } from './oracle.ts';

const CORPUS = fileURLToPath(new URL('../../test/fixtures/tokenizer/corpus-default.json.gz', import.meta.url));
const SHOWN = 10;

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name a tokenizer.json');
const { texts } = readCorpus(CORPUS);
const original = readFileSync(path, 'utf8');
for (const layout of LAYOUTS) {
  const json = withLayout(original, layout);
  const oracle = await OracleTokenizer.open(json);
  if (oracle === null) throw new Error('The package tokenizers does not load here');
  const tokenizer = UnigramTokenizer.fromJson(Buffer.from(json));
  let equal = 0;
  let shown = 0;
  for (const text of texts) {
    const expected = (await oracle.encode(text)).join(' ');
    const actual = tokenizer.encode(text).ids.join(' ');
    if (actual === expected) equal += 1;
    else if ((shown += 1) <= SHOWN)
      console.log(`${layout} ${JSON.stringify(text).slice(0, 90)}\n  ${actual}\n  ${expected}`);
  }
  console.log(`layout ${layout}: ${equal} of ${texts.length} texts equal`);
  if (equal !== texts.length) process.exitCode = 1;
}
