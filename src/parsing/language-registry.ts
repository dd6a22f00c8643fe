import { siblingModule } from '../kernel/sibling-module.ts';
import { LANGUAGES_URL, languageDescriptors, type TreeSitterDescriptor } from './language-descriptors.ts';
import type { Language, LanguageDescriptor } from './language.ts';
import { ParsingError } from './parsing-error.ts';
import type { SyntaxRules } from './tree-sitter/syntax-rules.ts';

/** A `#!` line is looked for in this many bytes. */
const SHEBANG_BYTES = 256;

/** Languages that share an extension are told apart by this many bytes. */
export const CONTENT_BYTES = 16_384;

interface LanguageIndex {
  readonly byFilename: ReadonlyMap<string, LanguageDescriptor>;
  /** Several where languages share an extension. */
  readonly byExtension: ReadonlyMap<string, readonly LanguageDescriptor[]>;
  readonly byShebang: ReadonlyMap<string, LanguageDescriptor>;
}

let index: LanguageIndex | null = null;

function languageIndex(): LanguageIndex {
  if (index !== null) return index;
  const byFilename = new Map<string, LanguageDescriptor>();
  const byExtension = new Map<string, LanguageDescriptor[]>();
  const byShebang = new Map<string, LanguageDescriptor>();
  for (const descriptor of languageDescriptors()) {
    for (const filename of descriptor.filenames) byFilename.set(filename, descriptor);
    for (const extension of descriptor.extensions) {
      const sharing = byExtension.get(extension);
      if (sharing === undefined) byExtension.set(extension, [descriptor]);
      else sharing.push(descriptor);
    }
    for (const shebang of descriptor.shebangs) byShebang.set(shebang, descriptor);
  }
  index = { byFilename, byExtension, byShebang };
  return index;
}

/**
 * Tells the language of a file from its name, or from its `#!` line.
 *
 * @param path - With `/`; only the last part counts.
 * @param firstBytes - Start of the file; needed for files without extension and for extensions that languages share.
 * @returns The descriptor, or null where no known language fits.
 */
export function languageForFile(path: string, firstBytes?: Uint8Array): LanguageDescriptor | null {
  const { byFilename, byExtension, byShebang } = languageIndex();
  const filename = path.slice(path.lastIndexOf('/') + 1);
  const named = byFilename.get(filename);
  if (named !== undefined) return named;
  // Longest extension first: `a.d.ts` may be claimed by `.d.ts` before `.ts`.
  const lower = filename.toLowerCase();
  let hasExtension = false;
  for (let dot = lower.indexOf('.', 1); dot !== -1; dot = lower.indexOf('.', dot + 1)) {
    hasExtension = true;
    const sharing = byExtension.get(lower.slice(dot));
    if (sharing !== undefined) return languageByContent(sharing, firstBytes);
  }
  if (hasExtension || firstBytes === undefined) return null;
  const interpreter = interpreterOf(firstBytes);
  if (interpreter === null) return null;
  return byShebang.get(interpreter) ?? byShebang.get(interpreter.replace(/[\d.]+$/u, '')) ?? null;
}

/** Whether several languages have the extension of a file: {@link languageForFile} then needs the file's start. */
export function isSharedExtension(path: string): boolean {
  const dot = path.lastIndexOf('.');
  return dot >= 0 && (languageIndex().byExtension.get(path.slice(dot).toLowerCase())?.length ?? 0) > 1;
}

/** Of the languages that share an extension, the one whose pattern is found, else the one without patterns. */
function languageByContent(
  sharing: readonly LanguageDescriptor[],
  firstBytes: Uint8Array | undefined,
): LanguageDescriptor | null {
  const otherwise = sharing.find(({ contentPatterns }) => contentPatterns === undefined) ?? sharing[0] ?? null;
  if (sharing.length === 1 || firstBytes === undefined) return otherwise;
  const start = new TextDecoder('latin1').decode(firstBytes.subarray(0, CONTENT_BYTES));
  const found = sharing.find(({ contentPatterns }) =>
    contentPatterns?.some((pattern) => new RegExp(pattern, 'mu').test(start)),
  );
  return found ?? otherwise;
}

/** Name of the program in a `#!` line: `python3` of `#!/usr/bin/env -S python3 -u`. */
function interpreterOf(bytes: Uint8Array): string | null {
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return null;
  const line = new TextDecoder('latin1').decode(bytes.subarray(2, SHEBANG_BYTES)).split(/[\r\n]/u)[0] ?? '';
  for (const word of line.trim().split(/\s+/u)) {
    const program = word.slice(word.lastIndexOf('/') + 1);
    if (program !== 'env' && !word.startsWith('-') && !word.includes('=')) return program === '' ? null : program;
  }
  return null;
}

const loaded = new Map<string, Promise<Language>>();

/**
 * Loads the parser of a language; the second call returns the first's.
 *
 * @throws {@link ParsingError} `PARSING_LANGUAGE_UNKNOWN`, `PARSING_GRAMMAR_INVALID`, `PARSING_QUERY_INVALID`.
 */
export function loadLanguage(id: string): Promise<Language> {
  let language = loaded.get(id);
  if (language === undefined) {
    language = openLanguage(id);
    loaded.set(id, language);
  }
  return language;
}

async function openLanguage(id: string): Promise<Language> {
  const descriptor = languageDescriptors().find((known) => known.id === id);
  if (descriptor === undefined) {
    const known = languageDescriptors().map((language) => language.id);
    throw new ParsingError(`There is no language ${id}`, {
      code: 'PARSING_LANGUAGE_UNKNOWN',
      hint: `Use one of ${known.join(', ')}.`,
      details: { language: id, known },
    });
  }
  if (descriptor.engine === 'sql') {
    const { sqlLanguage } = await import('./sql/sql-language.ts');
    return sqlLanguage;
  }
  if (descriptor.engine === 'script-blocks') {
    const { ScriptBlockLanguage } = await import('./script-blocks/script-block-language.ts');
    const [javascript, typescript, tsx] = await Promise.all([
      loadLanguage('javascript'),
      loadLanguage('typescript'),
      loadLanguage('tsx'),
    ]);
    return new ScriptBlockLanguage(descriptor.id, { javascript, typescript, tsx });
  }
  return openTreeSitterLanguage(descriptor);
}

async function openTreeSitterLanguage(descriptor: TreeSitterDescriptor): Promise<Language> {
  const { id } = descriptor;
  const folder = new URL(`${id}/`, LANGUAGES_URL);
  // The folder name comes from our own descriptors, never from input.
  const rulesModule: unknown = await import(siblingModule(import.meta.url, `./languages/${id}/rules`).href);
  const [{ loadGrammar }, { TreeSitterLanguage }] = await Promise.all([
    import('./tree-sitter/grammar.ts'),
    import('./tree-sitter/tree-sitter-language.ts'),
  ]);
  const queries = descriptor.queries.map((path) => new URL(path, folder));
  const frameworks = descriptor.frameworks === undefined ? undefined : new URL(descriptor.frameworks, folder);
  const grammar = await loadGrammar(id, new URL('parser.wasm', folder), queries, frameworks);
  return new TreeSitterLanguage(id, grammar, rulesOf(id, rulesModule));
}

function rulesOf(id: string, rulesModule: unknown): SyntaxRules {
  if (hasRules(rulesModule)) return rulesModule.rules;
  throw new ParsingError(`languages/${id}/rules does not export rules`, {
    code: 'PARSING_LANGUAGE_INVALID',
    hint: 'Export a constant named rules of type SyntaxRules.',
    details: { path: `languages/${id}/rules.ts` },
  });
}

/** The module is our own and typed where it is written; only the export can be missing. */
function hasRules(rulesModule: unknown): rulesModule is { readonly rules: SyntaxRules } {
  return typeof rulesModule === 'object' && rulesModule !== null && 'rules' in rulesModule;
}
