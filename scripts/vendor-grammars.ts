/**
 * Copies the parser of every language out of its official npm package to `src/parsing/languages/<id>/parser.wasm`, and
 * records its sha256 and licence in `language.json`. Source, version and file are what the descriptor's `grammar` says.
 *
 * Usage: node scripts/vendor-grammars.ts [--check] [language ...]
 *   --check  download nothing; fail where a vendored file differs from its recorded sha256
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
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
const LICENSE_FILE = /^LICENSE(?:\.\w+)?$/u;
const MIT_TEXT = /Permission is hereby granted, free of charge,[\s\S]*THE SOFTWARE IS PROVIDED "AS IS"/u;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const parserUrl = (language: TreeSitterDescriptor): URL => new URL(`${language.id}/parser.wasm`, LANGUAGES_URL);

interface FetchedGrammar {
  readonly wasm: Uint8Array;
  readonly license: string;
  readonly licenseText: string;
}

/** Unpacks a published package. */
async function fetchPackage(spec: string, folder: string): Promise<string> {
  await mkdir(folder);
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder, spec], { cwd: folder });
  await run('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', folder]);
  return join(folder, 'package');
}

async function readLicense(spec: string, unpacked: string): Promise<Omit<FetchedGrammar, 'wasm'>> {
  const file = (await readdir(unpacked)).find((name) => LICENSE_FILE.test(name));
  if (file === undefined) throw new Error(`${spec} has no licence file`);
  const licenseText = (await readFile(join(unpacked, file), 'utf8')).trim();
  const manifest: unknown = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const stated = typeof manifest === 'object' && manifest !== null && 'license' in manifest ? manifest.license : null;
  // Manifests may still say what `npm init` wrote: the text is what counts.
  const license = MIT_TEXT.test(licenseText) ? 'MIT' : stated;
  if (typeof license !== 'string') throw new Error(`${spec} states no licence`);
  return { license, licenseText };
}

/** Takes the parser out of a published package, and the licence out of the package it was compiled from. */
async function fetchGrammar(grammar: GrammarSource, folder: string): Promise<FetchedGrammar> {
  const spec = `${grammar.package}@${grammar.version}`;
  const unpacked = await fetchPackage(spec, join(folder, 'parser'));
  const wasm = await readFile(join(unpacked, grammar.file));
  const { compiledFrom } = grammar;
  if (compiledFrom === undefined) return { wasm, ...(await readLicense(spec, unpacked)) };
  return { wasm, ...(await readLicense(compiledFrom, await fetchPackage(compiledFrom, join(folder, 'grammar')))) };
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
