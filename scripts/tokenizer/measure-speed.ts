/**
 * Measures tokens a CPU second on source code, ours against the Rust library in the same process, and the load time of
 * the compiled form:
 *
 *     node scripts/tokenizer/measure-speed.ts path/to/tokenizer.json
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileTokenizer } from '../../src/model/tokenizer/compile-tokenizer.ts';
import { UnigramTokenizer } from '../../src/model/tokenizer/unigram-tokenizer.ts';
import { OracleTokenizer } from './oracle.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CODE_GLOBS = ['src/**/*.ts', 'node_modules/vitest/dist/**/*.js', 'node_modules/vite/dist/node/chunks/*.js'];
const CHUNK_UNITS = 1200;
const MAX_UNITS = 6_000_000;

function codeChunks(): string[] {
  const text = globSync(CODE_GLOBS, { cwd: ROOT })
    .sort()
    .map((name) => readFileSync(ROOT + name, 'utf8'))
    .join('')
    .slice(0, MAX_UNITS);
  return text.match(new RegExp(`[^]{1,${CHUNK_UNITS}}`, 'g')) ?? [];
}

async function report(name: string, run: () => number | Promise<number>): Promise<void> {
  const cpu = process.cpuUsage();
  const tokens = await run();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${name}: ${tokens} tokens, ${Math.round((tokens / (user + system)) * 1000)} thousand a CPU second`);
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name a tokenizer.json');
const json = readFileSync(path);
let start = performance.now();
const compiled = compileTokenizer(json);
console.log(`compile: ${Math.round(performance.now() - start)} ms, ${compiled.byteLength} bytes`);
start = performance.now();
const tokenizer = UnigramTokenizer.fromCompiled(compiled);
console.log(`load: ${Math.round(performance.now() - start)} ms`);
const chunks = codeChunks();
for (const name of ['ours, first time', 'ours, words known']) {
  await report(name, () => chunks.reduce((sum, chunk) => sum + tokenizer.encode(chunk).ids.length, 0));
}
const oracle = await OracleTokenizer.open(json.toString());
if (oracle !== null) {
  await report('Rust library', async () => {
    let sum = 0;
    for (const chunk of chunks) sum += (await oracle.encode(chunk)).length;
    return sum;
  });
}
