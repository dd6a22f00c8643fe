import { readdirSync, readFileSync } from 'node:fs';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import {
  DETACHED_MEMBERS,
  PARAMETER_STYLES,
  SCOPING_TRAITS,
  type BuiltinNames,
  type LanguageDescriptor,
  type ResolutionDescriptor,
} from './language.ts';
import { ParsingError } from './parsing-error.ts';

/** Where a vendored grammar comes from: written and checked by `scripts/vendor-grammars.ts`. */
export interface GrammarSource {
  /** npm package. */
  readonly package: string;
  readonly version: string;
  /** Path of the wasm file in the package. */
  readonly file: string;
  /** npm package (`name@version`) with the grammar's source and licence, where `package` only holds it compiled. */
  readonly compiledFrom?: string | undefined;
  /** SPDX identifier. */
  readonly license: string;
  /** The licence as the package has it: its terms ask for it beside every copy of the parser. */
  readonly licenseText: string;
  /** Hex digest of `parser.wasm`. */
  readonly sha256: string;
}

/** A descriptor of a language with engine `tree-sitter`. */
export interface TreeSitterDescriptor extends LanguageDescriptor {
  readonly engine: 'tree-sitter';
  /** Query files relative to the language's folder, joined in this order. */
  readonly queries: readonly string[];
  /** Query file for what frameworks call, relative to the language's folder: see `FrameworkRules`. @defaultValue none */
  readonly frameworks?: string | undefined;
  readonly grammar: GrammarSource;
}

export type AnyLanguageDescriptor =
  | TreeSitterDescriptor
  | (LanguageDescriptor & { readonly engine: 'sql' })
  | (LanguageDescriptor & { readonly engine: 'script-blocks' });

/** The folder that holds one folder a language. */
export const LANGUAGES_URL: URL = new URL('./languages/', import.meta.url);

let descriptors: readonly AnyLanguageDescriptor[] | null = null;

/**
 * All languages, by id. The folders are read on the first call.
 *
 * @throws {@link ParsingError} `PARSING_LANGUAGE_INVALID` when a `language.json` is wrong.
 */
export function languageDescriptors(): readonly AnyLanguageDescriptor[] {
  descriptors ??= readdirSync(LANGUAGES_URL, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readDescriptor(entry.name))
    .filter((descriptor) => descriptor !== null)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return descriptors;
}

function readDescriptor(folder: string): AnyLanguageDescriptor | null {
  const path = `languages/${folder}/language.json`;
  let text: string;
  try {
    text = readFileSync(new URL(`${folder}/language.json`, LANGUAGES_URL), 'utf8');
  } catch (cause) {
    // A folder without descriptor holds files shared by languages.
    if (systemErrorCode(cause) === 'ENOENT') return null;
    throw cause;
  }
  try {
    const descriptor = parseDescriptor(JSON.parse(text));
    if (descriptor.id !== folder) throw new Error(`its id is ${descriptor.id}, its folder ${folder}`);
    return descriptor;
  } catch (cause) {
    throw new ParsingError(`${path} is not a language descriptor: ${errorMessage(cause)}`, {
      code: 'PARSING_LANGUAGE_INVALID',
      hint: 'Compare the file with the descriptor of another language.',
      details: { path },
      cause,
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is not a text`);
  return value;
}

function listField(fields: Fields, name: string): string[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw new Error(`${name} holds something that is not a text`);
    return item;
  });
}

function choiceField<Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  const value = fields[name] ?? otherwise;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${name} is none of ${choices.join(', ')}`);
  return found;
}

/** The section `resolution`: everything in it has a default. */
function resolutionField(language: Fields): ResolutionDescriptor {
  const value = language['resolution'] ?? {};
  if (!isFields(value)) throw new Error('resolution is not an object');
  const list = (name: string): string[] => (value[name] === undefined ? [] : listField(value, name));
  return {
    modules: value['modules'] === undefined ? '' : stringField(value, 'modules'),
    group: value['group'] === undefined ? stringField(language, 'id') : stringField(value, 'group'),
    selfNames: list('selfNames'),
    superNames: list('superNames'),
    constructorNames: list('constructorNames'),
    traits: list('traits').map((name) => {
      const trait = SCOPING_TRAITS.find((known) => known === name);
      if (trait === undefined) throw new Error(`${name} is no trait: use ${SCOPING_TRAITS.join(', ')}`);
      return trait;
    }),
    parameters: choiceField(value, 'parameters', PARAMETER_STYLES, 'name-first'),
    detachedMembers: choiceField(value, 'detachedMembers', DETACHED_MEMBERS, 'none'),
    builtins: value['builtins'] === undefined ? null : stringField(value, 'builtins'),
  };
}

/** The names a language gives to every file: its file of builtins, lines of words. Read on every call. */
export function readBuiltinNames({ id, resolution }: LanguageDescriptor): BuiltinNames {
  if (resolution.builtins === null) return { names: new Set(), members: new Set() };
  const path = `languages/${id}/${resolution.builtins}`;
  try {
    const value: unknown = JSON.parse(readFileSync(new URL(`${id}/${resolution.builtins}`, LANGUAGES_URL), 'utf8'));
    if (!isFields(value)) throw new Error('it is not an object');
    const words = (name: string): Set<string> =>
      new Set(listField(value, name).flatMap((line) => line.split(' ').filter((word) => word !== '')));
    return { names: words('names'), members: words('members') };
  } catch (cause) {
    throw new ParsingError(`${path} is not a list of builtin names: ${errorMessage(cause)}`, {
      code: 'PARSING_LANGUAGE_INVALID',
      hint: 'Compare the file with the builtins of another language.',
      details: { path },
      cause,
    });
  }
}

/** Checks the content of a `language.json`. Throws plain errors: the caller names the file. */
function parseDescriptor(value: unknown): AnyLanguageDescriptor {
  if (!isFields(value)) throw new Error('it is not an object');
  const common = {
    id: stringField(value, 'id'),
    name: stringField(value, 'name'),
    extensions: listField(value, 'extensions'),
    filenames: listField(value, 'filenames'),
    shebangs: listField(value, 'shebangs'),
    contentPatterns: value['contentPatterns'] === undefined ? undefined : listField(value, 'contentPatterns'),
    resolution: resolutionField(value),
  };
  const engine = stringField(value, 'engine');
  if (engine === 'sql' || engine === 'script-blocks') return { ...common, engine };
  if (engine !== 'tree-sitter') throw new Error(`engine is ${engine}`);
  const grammar = value['grammar'];
  if (!isFields(grammar)) throw new Error('grammar is not an object');
  const compiledFrom = grammar['compiledFrom'] === undefined ? undefined : stringField(grammar, 'compiledFrom');
  return {
    ...common,
    engine,
    queries: listField(value, 'queries'),
    frameworks: value['frameworks'] === undefined ? undefined : stringField(value, 'frameworks'),
    grammar: {
      package: stringField(grammar, 'package'),
      version: stringField(grammar, 'version'),
      file: stringField(grammar, 'file'),
      compiledFrom,
      license: stringField(grammar, 'license'),
      licenseText: stringField(grammar, 'licenseText'),
      sha256: stringField(grammar, 'sha256'),
    },
  };
}
