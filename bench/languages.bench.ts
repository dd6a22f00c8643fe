/**
 * Compares the definitions of each language with those of another program, on packages of other people.
 *
 *     npm run bench:languages -- [LANGUAGE ...] [--scratch DIR] [--samples N] [--out FILE]
 *
 * The oracle is Universal Ctags (`ctags`, 5.9) or, where that has no parser, patterns of declarations
 * (bench/languages/corpora.json holds them, with the packages). One of its definitions is found where ours has the same
 * name and its first line is in ours, before the body. What is not found is sorted into the classes of the corpus: a
 * class with `"mistake": true` is one of the oracle's own mistakes, counted apart. Prints JSON.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Definition } from '../src/parsing/language.ts';
import { isSharedExtension, languageForFile, loadLanguage } from '../src/parsing/language-registry.ts';
import { fetchPackage, type RegistryPackage } from './fetch-package.ts';
import { ctagsDefinitions, ctagsVersion, type OracleDefinition } from './languages/ctags-oracle.ts';
import { declarationsByPattern, type DeclarationPatterns } from './languages/pattern-oracle.ts';
import { describeMachine } from './machine.ts';

/** Why a definition of the oracle is none of ours: its line, or `kind name`, matches the pattern. */
interface DifferenceClass {
  readonly name: string;
  readonly pattern: string;
  /** The oracle is wrong there. */
  readonly mistake: boolean;
}

interface Corpus {
  readonly language: string;
  readonly oracle:
    | { readonly ctags: string; readonly kinds: readonly string[] }
    | { readonly patterns: DeclarationPatterns };
  readonly differences?: readonly DifferenceClass[] | undefined;
  /**
   * Where the oracle takes text for code: what begins and ends with one of these holds examples, no definitions.
   * @defaultValue none
   */
  readonly documentation?: readonly string[] | undefined;
  readonly packages: readonly RegistryPackage[];
}

/** What is printed of a language. */
interface LanguageResult extends Readonly<Record<string, unknown>> {
  readonly passes: boolean;
}

interface Missing {
  readonly className: string;
  readonly mistake: boolean;
  readonly text: string;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Share of the oracle's definitions that must be found. */
const REQUIRED = 0.98;
const UNEXPLAINED = 'unexplained';

/** Headers of C, C++ and Objective-C are told apart by what is in them. */
function languageOf(path: string): string | undefined {
  return languageForFile(path, isSharedExtension(path) ? readFileSync(path) : undefined)?.id;
}

function filesOf(root: string, language: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => languageOf(join(root, path)) === language)
    .sort();
}

function oracleDefinitions({ oracle }: Corpus, root: string, paths: readonly string[]): OracleDefinition[] {
  return 'ctags' in oracle
    ? ctagsDefinitions(root, paths, oracle.ctags, oracle.kinds)
    : declarationsByPattern(root, paths, oracle.patterns);
}

/** Whether a definition has a name that stands in a line. */
function isAt({ name, range, bodyOffset }: Definition, wanted: OracleDefinition, source: string): boolean {
  if (name !== wanted.name) return false;
  const bodyLine = range.start.line + source.slice(range.startOffset, bodyOffset).split('\n').length;
  return range.start.line < wanted.line && wanted.line <= bodyLine;
}

function explain({ differences = [] }: Corpus, wanted: OracleDefinition, line: string): Missing {
  const text = `${wanted.path}:${wanted.line} ${wanted.kind} ${wanted.name}: ${line.trim().slice(0, 120)}`;
  const found = differences.find(({ pattern }) => {
    const expression = new RegExp(pattern, 'u');
    return expression.test(line) || expression.test(`${wanted.kind} ${wanted.name}`);
  });
  return { className: found?.name ?? UNEXPLAINED, mistake: found?.mistake ?? false, text };
}

interface Comparison {
  files: number;
  bytes: number;
  ours: number;
  syntaxErrors: number;
  wanted: number;
  readonly missing: Missing[];
}

async function compareFolder(corpus: Corpus, root: string, result: Comparison): Promise<void> {
  const language = await loadLanguage(corpus.language);
  const paths = filesOf(root, corpus.language);
  const byPath = Map.groupBy(oracleDefinitions(corpus, root, paths), ({ path }) => path);
  for (const path of paths) {
    const source = readFileSync(join(root, path), 'utf8');
    const { definitions, diagnostics } = language.parse(path, source);
    const lines = source.split('\n');
    result.files++;
    result.bytes += source.length;
    result.ours += definitions.length;
    result.syntaxErrors += diagnostics.length > 0 ? 1 : 0;
    const documented = linesOfDocumentation(corpus, lines);
    for (const wanted of byPath.get(path) ?? []) {
      result.wanted++;
      if (definitions.some((definition) => isAt(definition, wanted, source))) continue;
      if (documented.has(wanted.line)) {
        const text = `${path}:${wanted.line} ${wanted.kind} ${wanted.name}`;
        result.missing.push({ className: 'an example in documentation', mistake: true, text });
        continue;
      }
      result.missing.push(explain(corpus, wanted, lines[wanted.line - 1] ?? ''));
    }
  }
}

/** Numbers of the lines between the delimiters of documentation. A delimiter inside of another is text. */
function linesOfDocumentation({ documentation = [] }: Corpus, lines: readonly string[]): Set<number> {
  const found = new Set<number>();
  let opened: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (opened !== undefined) found.add(index + 1);
    for (const delimiter of opened === undefined ? documentation : [opened])
      if (line.split(delimiter).length % 2 === 0) opened = opened === undefined ? delimiter : undefined;
  }
  return found;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 1e4) / 1e4);

async function compare(corpus: Corpus, scratch: string, samples: number): Promise<LanguageResult> {
  const result: Comparison = { files: 0, bytes: 0, ours: 0, syntaxErrors: 0, wanted: 0, missing: [] };
  for (const wanted of corpus.packages) await compareFolder(corpus, fetchPackage(wanted, scratch), result);
  const { wanted, missing, ...counts } = result;
  const mistakes = missing.filter(({ mistake }) => mistake).length;
  const found = wanted - missing.length;
  const foundOfReal = share(found, wanted - mistakes);
  const differences = [...Map.groupBy(missing, ({ className }) => className)].map(([name, members]) => ({
    class: name,
    mistakeOfOracle: members[0]?.mistake ?? false,
    count: members.length,
    examples: members.slice(0, samples).map(({ text }) => text),
  }));
  return {
    language: corpus.language,
    oracle: 'ctags' in corpus.oracle ? 'ctags' : 'patterns',
    packages: corpus.packages.map(({ name, version }) => `${name} ${version}`),
    ...counts,
    wanted,
    found,
    share: share(found, wanted),
    mistakesOfOracle: mistakes,
    shareOfReal: foundOfReal,
    differences,
    passes: foundOfReal >= REQUIRED && counts.files >= 50,
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scratch: { type: 'string', default: join(tmpdir(), 'codegraphai-bench-languages') },
    samples: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
});
// The file is this repository's own; its form is checked by using it.
const corpora = JSON.parse(readFileSync(join(ROOT, 'bench', 'languages', 'corpora.json'), 'utf8')) as Corpus[];
const wanted = corpora.filter(({ language }) => positionals.length === 0 || positionals.includes(language));
const languages: LanguageResult[] = [];
for (const corpus of wanted) languages.push(await compare(corpus, resolve(values.scratch), Number(values.samples)));
const document = { bench: 'languages', machine: describeMachine(ROOT), ctags: ctagsVersion(), languages };
const text = `${JSON.stringify(document, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
if (languages.some(({ passes }) => !passes)) process.exitCode = 1;
