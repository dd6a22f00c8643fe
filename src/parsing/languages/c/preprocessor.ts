/** Deeper nesting of `#if` is left as it is. */
const MAX_CONDITIONS = 200;

const DIRECTIVE = /#[ \t]*([a-z]+)?/y;
const CLASS_MACROS =
  /\b(?:class|struct|union|enum)\s+((?:[A-Z_][A-Z0-9_]*(?:\([^()\n]*\))?\s+)+)(?=[A-Za-z_][\w:<>]*\s*(?:final\s*)?[:{])/y;
const MACRO_LINE = /[A-Z_][A-Z0-9_]{2,}[ \t]*(\()?/y;
const END_OF_LINE = /[ \t]*(?=\r?\n|\/\/|\/\*)/y;
/** Lines of Objective-C that end without a semicolon. */
const AT_LINE = /@(?:implementation|interface|protocol|end|optional|required|public|private|protected|package)\b/y;
/** Longer arguments of a macro are not skipped. */
const MAX_ARGUMENTS = 5_000;
const UPPER_CASE = /[A-Z_][A-Z0-9_]{2,}/y;
/** A macro before a whole declaration: before a type and a name, before a destructor, before a keyword that starts one. */
const PREFIX_MACRO =
  /[A-Z_][A-Z0-9_]{2,}(?:\([^()\n]*\))?(?=\s+(?:(?:(?:[a-z_][\w:]*|[A-Z]\w*[a-z]\w*)(?:<[^<>()\n]*>)?[\s*&]+)+~?[\w:]+\s*\(|~\w|(?:template|class|struct|union|enum|namespace|using|typedef|extern|static|inline|constexpr|virtual|explicit|friend)\b))/y;
/** Macros that are attributes whatever follows: `LIB_CONSTEXPR Pool(int size)` is a constructor. */
const ATTRIBUTE_MACRO =
  /[A-Z_][A-Z0-9_]*(?:CONSTEXPR|INLINE|_API|EXPORT|EXPLICIT|NODISCARD|NO_DISCARD|DEPRECATED|VISIBILITY)[A-Z0-9_]*(?:\([^()\n]*\))?(?=\s+[A-Za-z~])/y;
const WORD = /[A-Za-z_]\w*/y;

/** Words a statement never starts with where a macro before it is an attribute. */
const STATEMENT_WORDS: ReadonlySet<string> = new Set(['return', 'case', 'goto', 'else', 'throw', 'new', 'delete']);

/** One half of an `#if … #else … #endif`. */
interface Branch {
  readonly start: number;
  end: number;
  /** The condition can never hold: `#if 0`. */
  readonly isDead: boolean;
  braces: number;
  parentheses: number;
  /** Last character that is code, or empty. */
  last: string;
}

interface Condition {
  readonly branches: Branch[];
}

type Span = readonly [start: number, end: number];

/** How the text is to be read. */
export interface PreprocessorOptions {
  /** Whether `__cplusplus` is defined. */
  readonly isCpp: boolean;
}

/**
 * Blanks what stands between a C, C++ or Objective-C file and its grammar, in one pass:
 * - conditional directives; of their halves all are kept where each is a whole number of statements, else the first one
 *   that can hold, since two halves of one statement are no statement;
 * - macros that stand for attributes (`class EXPORT Pool {`, `API int run(void)`) or for whole lines (`Q_OBJECT`).
 *
 * @returns A text of the same length and lines.
 */
export function withoutDirectives(text: string, options: PreprocessorOptions): string {
  return new Preprocessor(text, options).run();
}

class Preprocessor {
  readonly #text: string;
  readonly #isCpp: boolean;
  readonly #blanks: Span[] = [];
  readonly #conditions: Condition[] = [];
  /** Where code outside of all conditions is counted. */
  readonly #outside: Branch = newBranch(0, false);
  #at = 0;
  /** In a line such as `@implementation Pool`. */
  #isAtLine = false;

  constructor(text: string, { isCpp }: PreprocessorOptions) {
    this.#text = text;
    this.#isCpp = isCpp;
  }

  run(): string {
    const text = this.#text;
    let isLineStart = true;
    while (this.#at < text.length) {
      const character = text.charAt(this.#at);
      if (character === '\n') {
        if (this.#isAtLine) this.#branch.last = ';';
        this.#isAtLine = false;
        isLineStart = true;
        this.#at++;
      } else if (character === ' ' || character === '\t' || character === '\r' || character === '\\') this.#at++;
      else if (character === '/' && this.#skipComment()) continue;
      else if (character === '#' && isLineStart) this.#directive();
      else {
        if (character === '@' && isLineStart) this.#isAtLine = matchAt(AT_LINE, text, this.#at) !== null;
        this.#code(character, isLineStart);
        isLineStart = false;
      }
    }
    // A condition without end: the file is cut off, what was read of it stays.
    return blank(text, this.#blanks);
  }

  get #branch(): Branch {
    return this.#conditions.at(-1)?.branches.at(-1) ?? this.#outside;
  }

  #skipComment(): boolean {
    const text = this.#text;
    const next = text.charAt(this.#at + 1);
    if (next !== '/' && next !== '*') return false;
    const end = next === '/' ? text.indexOf('\n', this.#at) : text.indexOf('*/', this.#at + 2);
    this.#at = end < 0 ? text.length : next === '/' ? end : end + 2;
    return true;
  }

  #code(character: string, isLineStart: boolean): void {
    const branch = this.#branch;
    if (character === '"' || character === "'") {
      this.#skipLiteral(character);
      branch.last = character;
      return;
    }
    if (/[A-Za-z_]/.test(character)) {
      this.#word(branch, isLineStart);
      return;
    }
    if (character === '{') branch.braces++;
    else if (character === '}') branch.braces--;
    else if (character === '(') branch.parentheses++;
    else if (character === ')') branch.parentheses--;
    branch.last = character;
    // Digits may hold quotes: 1'000'000.
    this.#at += /\d/.test(character) ? (matchAt(/[\w.']+/y, this.#text, this.#at)?.[0].length ?? 1) : 1;
  }

  #word(branch: Branch, isLineStart: boolean): void {
    const isStatementStart = branch.last === '' || ';{}:'.includes(branch.last);
    const skipped =
      this.#classMacros() ??
      (isStatementStart ? ((isLineStart ? this.#macroLine() : null) ?? this.#prefixMacro()) : null);
    if (skipped !== null) {
      this.#at = skipped;
      return;
    }
    const word = matchAt(WORD, this.#text, this.#at)?.[0] ?? '';
    // `"%" PRId64 "\n"` is one string, whatever is between its parts.
    const isBetweenStrings =
      branch.last === '"' && /^[A-Z]/.test(word) && matchAt(/\s*@?"/y, this.#text, this.#at + word.length) !== null;
    if (isBetweenStrings) this.#blanks.push([this.#at, this.#at + word.length]);
    this.#at += word.length;
    if (isBetweenStrings) return;
    // Raw strings end with what they begin with.
    if (this.#text.charAt(this.#at) === '"' && /^(?:u8|[uUL])?R$/.test(word)) this.#skipRawString();
    const isQualifier = /^(?:static|inline|extern|virtual|friend|constexpr|typedef)$/.test(word);
    // Macros stand between qualifiers too: `static INLINE int run()`.
    branch.last = isQualifier && isStatementStart ? branch.last || ';' : 'a';
  }

  /** `class EXPORT Pool {`: the end of the macro. */
  #classMacros(): number | null {
    const match = matchAt(CLASS_MACROS, this.#text, this.#at);
    const macros = match?.[1];
    if (match === null || macros === undefined) return null;
    const end = this.#at + match[0].length;
    this.#blanks.push([end - macros.length, end]);
    return end;
  }

  /** A line that is nothing but a macro: `Q_OBJECT`, `BEGIN_NAMESPACE`, `DECLARE_TYPE(Pool)`. */
  #macroLine(): number | null {
    const match = matchAt(MACRO_LINE, this.#text, this.#at);
    if (match === null) return null;
    const hasArguments = match[1] !== undefined;
    const behind = this.#at + match[0].length;
    const closed = hasArguments ? endOfArguments(this.#text, behind) : behind;
    const rest = closed === null ? null : matchAt(END_OF_LINE, this.#text, closed);
    if (closed === null || rest === null) return null;
    const end = closed + rest[0].length;
    const next = this.#nextSignificant(end);
    const character = this.#text.charAt(next);
    // What goes on is an enumerator, an argument or a function: that of the name, or one that returns the type.
    const isMethod = matchAt(/[-+]\s*\(\s*\w|@[a-z]/y, this.#text, next) !== null;
    const goesOn = hasArguments
      ? !/[\w#~[}/]/.test(character)
      : ',};)=([.?+-*/%<>&|{:'.includes(character) || matchAt(/\w+\s*\(/y, this.#text, next) !== null;
    if (goesOn && !isMethod) return null;
    this.#blanks.push([this.#at, end]);
    return end;
  }

  /** `API int run(void)`: the macro, where a type and a name still follow. */
  #prefixMacro(): number | null {
    if (matchAt(UPPER_CASE, this.#text, this.#at) === null) return null;
    const match = matchAt(PREFIX_MACRO, this.#text, this.#at) ?? matchAt(ATTRIBUTE_MACRO, this.#text, this.#at);
    if (match === null) return null;
    const end = this.#at + match[0].length;
    const next = matchAt(/\s+(\w+)/y, this.#text, end)?.[1] ?? '';
    if (STATEMENT_WORDS.has(next)) return null;
    this.#blanks.push([this.#at, end]);
    return end;
  }

  /** Offset of what comes behind white space and comments. */
  #nextSignificant(start: number): number {
    const text = this.#text;
    for (let at = start; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === '/' && (text.charAt(at + 1) === '/' || text.charAt(at + 1) === '*')) {
        const isLine = text.charAt(at + 1) === '/';
        const end = text.indexOf(isLine ? '\n' : '*/', at + 2);
        if (end < 0) return text.length;
        at = isLine ? end : end + 1;
      } else if (!/\s/.test(character)) return at;
    }
    return text.length;
  }

  #skipLiteral(quote: string): void {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === '\\') at += text.charAt(at + 1) === '\r' ? 2 : 1;
      // An apostrophe in text that is no code (#error, assembler) ends with its line.
      else if (character === quote || character === '\n') {
        this.#at = character === quote ? at + 1 : at;
        return;
      }
    }
    this.#at = text.length;
  }

  #skipRawString(): void {
    const opening = matchAt(/"([^\s()\\]{0,16})\(/y, this.#text, this.#at);
    if (opening === null) return;
    const end = this.#text.indexOf(`)${opening[1] ?? ''}"`, this.#at);
    this.#at = end < 0 ? this.#text.length : end + (opening[1]?.length ?? 0) + 2;
  }

  #directive(): void {
    const start = this.#at;
    const word = matchAt(DIRECTIVE, this.#text, start)?.[1] ?? '';
    const end = this.#endOfDirective(start);
    this.#at = end;
    const condition = this.#text.slice(start, end).replace(/^#[ \t]*[a-z]+/, '');
    if (word === 'if' || word === 'ifdef' || word === 'ifndef') {
      if (this.#conditions.length >= MAX_CONDITIONS) return;
      this.#conditions.push({ branches: [newBranch(end, this.#isDead(word, condition))] });
    } else if (word === 'elif' || word === 'else' || word === 'elifdef' || word === 'elifndef') {
      const current = this.#conditions.at(-1);
      if (current === undefined) return;
      this.#branch.end = start;
      current.branches.push(newBranch(end, word === 'elif' && this.#isDead('if', condition)));
    } else if (word === 'endif') {
      const closed = this.#conditions.at(-1);
      if (closed === undefined) return;
      this.#branch.end = start;
      this.#conditions.pop();
      this.#close(closed);
    } else if (word === 'define' || word === 'include' || word === 'import' || word === 'include_next') return;
    this.#blanks.push([start, end]);
  }

  /** A directive goes on behind a backslash, and behind a comment that does not end on its line. */
  #endOfDirective(start: number): number {
    const text = this.#text;
    for (let at = start; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === '\n') return at;
      if (character === '\\' && (text.charAt(at + 1) === '\n' || text.startsWith('\r\n', at + 1))) {
        at += text.charAt(at + 1) === '\r' ? 2 : 1;
      } else if (character === '/' && text.charAt(at + 1) === '/') {
        const end = text.indexOf('\n', at);
        return end < 0 ? text.length : end;
      } else if (character === '/' && text.charAt(at + 1) === '*') {
        const end = text.indexOf('*/', at + 2);
        if (end < 0) return text.length;
        at = end + 1;
      }
    }
    return text.length;
  }

  #isDead(word: string, condition: string): boolean {
    const bare = condition.replace(/\/\/.*|\/\*[^]*?\*\//g, '').trim();
    if (word === 'if' && /^\(?\s*0\s*\)?$/.test(bare)) return true;
    if (this.#isCpp) {
      return (
        (word === 'ifndef' && bare === '__cplusplus') ||
        (word === 'if' && /^!\s*defined\s*\(?\s*__cplusplus\s*\)?$/.test(bare))
      );
    }
    return (
      (word === 'ifdef' && bare === '__cplusplus') ||
      (word === 'if' && /^defined\s*\(?\s*__cplusplus\s*\)?$/.test(bare))
    );
  }

  /** Chooses between the halves of a condition. */
  #close({ branches }: Condition): void {
    const alive = branches.filter(({ isDead }) => !isDead);
    const areWhole = alive.every(isWhole);
    const first = alive[0];
    for (const branch of branches) {
      if (branch.isDead || (!areWhole && branch !== first && alive.length > 1))
        this.#blanks.push([branch.start, branch.end]);
    }
    if (first === undefined) return;
    const outer = this.#branch;
    outer.braces += areWhole ? 0 : first.braces;
    outer.parentheses += areWhole ? 0 : first.parentheses;
    const last = areWhole ? alive.findLast((branch) => branch.last !== '')?.last : first.last;
    if (last !== undefined && last !== '') outer.last = last;
  }
}

const newBranch = (start: number, isDead: boolean): Branch => ({
  start,
  end: start,
  isDead,
  braces: 0,
  parentheses: 0,
  last: '',
});

/** A branch is whole where it opens nothing it does not close, and ends where something ends. */
const isWhole = ({ braces, parentheses, last }: Branch): boolean =>
  braces === 0 && parentheses === 0 && (last === '' || ';},:'.includes(last));

/** Offset behind the parenthesis that closes the one before `start`; null where it is far away or missing. */
function endOfArguments(text: string, start: number): number | null {
  const limit = Math.min(text.length, start + MAX_ARGUMENTS);
  let depth = 1;
  let conditions = 0;
  for (let at = start; at < limit; at++) {
    const character = text.charAt(at);
    if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return conditions === 0 ? at + 1 : null;
    else if (character === ';') return null;
    else if (character === '#') {
      const word = matchAt(DIRECTIVE, text, at)?.[1] ?? '';
      if (word === 'endif') conditions--;
      else if (word.startsWith('if')) conditions++;
    } else if (character === '"') {
      const end = text.indexOf('"', at + 1);
      if (end < 0) return null;
      at = end;
    }
  }
  return null;
}

/** The match of a sticky pattern at an offset. */
function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

/** The text with spaces in place of the spans. Spans may be nested in each other. */
function blank(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (end <= done) continue;
    const from = Math.max(start, done);
    parts.push(text.slice(done, from), text.slice(from, end).replace(/[^\r\n]/g, ' '));
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
