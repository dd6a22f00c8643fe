/** What the word scanner must know of a language: how comments start and what quotes mean. */
export interface LexicalSyntax {
  readonly lineComments: readonly string[];
  /** Opening and closing marker. */
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** Characters that open a string ending on its line. */
  readonly lineQuotes: string;
  /** Markers of strings that may span lines, longest first. */
  readonly blockQuotes: readonly string[];
  /** Further words, in lower case, that say nothing in this language. */
  readonly fillerWords?: ReadonlySet<string> | undefined;
}

const C_LIKE: LexicalSyntax = {
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  lineQuotes: `"'`,
  blockQuotes: ['"""', '`'],
};
const HASH: LexicalSyntax = { lineComments: ['#'], blockComments: [], lineQuotes: `"'\``, blockQuotes: ['"""', "'''"] };
const PROSE: LexicalSyntax = { lineComments: [], blockComments: [['<!--', '-->']], lineQuotes: '', blockQuotes: [] };
const LISP: LexicalSyntax = { lineComments: [';'], blockComments: [['#|', '|#']], lineQuotes: '', blockQuotes: ['"'] };

/** Its keywords but the verbs that change data: those are what a question may ask for. */
const SQL_FILLERS: ReadonlySet<string> = new Set(
  (
    'go select when matched inner outer left right full cross join apply group order having exists distinct all top asc desc union limit ' +
    'primary key constraint tran transaction commit nocount exec execute immediate procedure proc function table cursor exception ' +
    'constant nocopy datetime datetime2 date clob max nolock holdlock output out inout pls_integer language plpgsql record setof perform ' +
    'create replace alter rowtype forall bulk collect fetch open close print inserted deleted between like over partition strict'
  ).split(' '),
);

/** An apostrophe is not a string in these: Rust lifetimes, Haskell primes. */
const SYNTAX_OF: Readonly<Record<string, LexicalSyntax>> = {
  python: HASH,
  ruby: HASH,
  bash: HASH,
  shell: HASH,
  perl: HASH,
  r: HASH,
  elixir: HASH,
  julia: HASH,
  yaml: HASH,
  toml: HASH,
  make: HASH,
  dockerfile: HASH,
  powershell: { ...HASH, blockComments: [['<#', '#>']] },
  php: { ...C_LIKE, lineComments: ['//', '#'] },
  terraform: { ...C_LIKE, lineComments: ['//', '#'] },
  rust: { ...C_LIKE, lineQuotes: '', blockQuotes: ['"'] },
  scala: { ...C_LIKE, lineQuotes: '"', blockQuotes: ['"""'] },
  sql: {
    lineComments: ['--'],
    blockComments: [['/*', '*/']],
    lineQuotes: '',
    blockQuotes: ["'"],
    fillerWords: SQL_FILLERS,
  },
  lua: { lineComments: ['--'], blockComments: [['--[[', ']]']], lineQuotes: `"'`, blockQuotes: [] },
  haskell: { lineComments: ['--'], blockComments: [['{-', '-}']], lineQuotes: '"', blockQuotes: [] },
  elm: { lineComments: ['--'], blockComments: [['{-', '-}']], lineQuotes: '"', blockQuotes: ['"""'] },
  ocaml: { lineComments: [], blockComments: [['(*', '*)']], lineQuotes: '"', blockQuotes: [] },
  clojure: LISP,
  scheme: LISP,
  html: { ...PROSE, lineQuotes: `"` },
  xml: { ...PROSE, lineQuotes: `"` },
  markdown: PROSE,
  text: PROSE,
};

/** The syntax of a language by its id; that of C where the id is unknown, that of prose where there is none. */
export function lexicalSyntaxOf(language: string | undefined): LexicalSyntax {
  if (language === undefined || language === '') return PROSE;
  return Object.hasOwn(SYNTAX_OF, language) ? (SYNTAX_OF[language] ?? C_LIKE) : C_LIKE;
}

/**
 * Words that say how code is put together and not what it is about, in any language. Verbs a question may hold
 * (import, delete, update, merge, throw) stay out of this list.
 */
export const STRUCTURE_WORDS: ReadonlySet<string> = new Set(
  (
    'if else elif elsif elseif endif for foreach while do done loop return returns yield break continue switch case default ' +
    'begin end then fi esac const let var val def fn func function fun class struct enum interface trait impl type typedef ' +
    'public private protected internal static final abstract virtual override readonly inline extern export module namespace ' +
    'package new this self super void int integer float double bool boolean string char byte long short unsigned signed any ' +
    'null nil none true false undefined is as in of on not and or by to from where with without into values set use using async await ' +
    'try catch except finally unless until varchar varchar2 nvarchar number numeric the an declare'
  ).split(' '),
);
