/**
 * Copies the parser of every language out of its official npm package to `src/parsing/languages/<id>/parser.wasm`, and
 * records its sha256 and licence in `language.json`. Source, version and file are what the descriptor's `grammar` says.
 *
 * Usage: node scripts/vendor-grammars.ts [--check] [language ...]
 *   --check  download nothing; fail where a vendored file differs from its recorded sha256
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  LANGUAGES_URL,
  languageDescriptors,
  type GrammarSource,
  type TreeSitterDescriptor,
} from '../src/parsing/language-descriptors.ts';

const run = promisify(execFile);

/** Packages call it `LICENSE` or `LICENSE.md`. */
const LICENSE_FILE = /^package\/LICENSE(?:\.\w+)?$/u;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const parserUrl = (language: TreeSitterDescriptor): URL => new URL(`${language.id}/parser.wasm`, LANGUAGES_URL);

interface FetchedGrammar {
  readonly wasm: Uint8Array;
  readonly license: string;
  readonly licenseText: string;
}

/** Takes the parser and the licence out of a published package. */
async function fetchGrammar(grammar: GrammarSource, folder: string): Promise<FetchedGrammar> {
  const spec = `${grammar.package}@${grammar.version}`;
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder, spec], { cwd: folder });
  const archive = join(folder, packed.stdout.trim());
  const licenseFile = (await run('tar', ['-tzf', archive])).stdout.split('\n').find((path) => LICENSE_FILE.test(path));
  if (licenseFile === undefined) throw new Error(`${spec} has no licence file`);
  await run('tar', ['-xzf', archive, '-C', folder, `package/${grammar.file}`, 'package/package.json', licenseFile]);
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8'));
  const license = typeof manifest === 'object' && manifest !== null && 'license' in manifest ? manifest.license : null;
  if (typeof license !== 'string') throw new Error(`${spec} states no licence`);
  const licenseText = (await readFile(join(folder, licenseFile), 'utf8')).trim();
  return { wasm: await readFile(join(folder, 'package', grammar.file)), license, licenseText };
}

async function vendor(language: TreeSitterDescriptor): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vendor-grammar-'));
  try {
    const { wasm, license, licenseText } = await fetchGrammar(language.grammar, folder);
    await writeFile(parserUrl(language), wasm);
    const descriptorUrl = new URL(`${language.id}/language.json`, LANGUAGES_URL);
    const grammar = { ...language.grammar, license, licenseText, sha256: sha256(wasm) };
    // Only the grammar is written anew: the file says more of the language than is read here.
    const descriptor: unknown = JSON.parse(await readFile(descriptorUrl, 'utf8'));
    await writeFile(descriptorUrl, `${JSON.stringify(Object.assign({}, descriptor, { grammar }), null, 2)}\n`);
    console.log(`${language.id}: ${grammar.package}@${grammar.version} ${wasm.byteLength} bytes ${grammar.sha256}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function check(language: TreeSitterDescriptor): Promise<void> {
  const actual = sha256(await readFile(parserUrl(language)));
  if (actual === language.grammar.sha256) return;
  process.stderr.write(`${language.id}: parser.wasm has sha256 ${actual}, recorded is ${language.grammar.sha256}\n`);
  process.exitCode = 1;
}

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
for (const language of languageDescriptors()) {
  if (language.engine !== 'tree-sitter' || (wanted.length > 0 && !wanted.includes(language.id))) continue;
  await (args.includes('--check') ? check(language) : vendor(language));
}
