/**
 * What the resolution of one file looked at outside of that file. When none of it has changed, neither have the file's
 * edges: this is how an incremental run knows which files to resolve again. Names are kept as hashes: two that
 * collide make a file resolved once too often, never once too few.
 *
 * Each file is resolved with fresh tiers, so that what is remembered while one file is resolved never hides what another
 * one looks at. Tiers need not know of any of this: they look through `FileScope`, `ModuleSystem` and the project's tables,
 * and those record.
 */
export interface FileDependencies {
  /** Hashes of {@link nameKey} and its like, ascending. */
  readonly names: Uint32Array;
  /** Questions put to module systems, with their answers. */
  readonly questions: readonly ModuleQuestion[];
}

/** One question to a module system. */
export interface ModuleQuestion {
  /** Family of the module system. */
  readonly family: string;
  /** Method of the port. */
  readonly method: string;
  readonly arguments: readonly QuestionArgument[];
  /** Digest of the answer. */
  readonly answer: number;
}

/** A file by its path, definitions by file and id, or a value as it is. */
export type QuestionArgument =
  | { readonly file: string }
  | { readonly declarations: readonly (readonly [path: string, id: string])[] }
  | { readonly value: unknown };

/** Everything a file has under a name at its top: definitions with all that is in them, imports, exports, typed names. */
export const nameKey = (path: string, name: string): string => `n:${path}\0${name}`;
/** Modules whose every name a file takes in or hands on. */
export const wildcardsKey = (path: string): string => `w:${path}`;
/** All imports of a file. */
export const importsKey = (path: string): string => `i:${path}`;
/** Anything that is visible of a file. */
export const surfaceKey = (path: string): string => `a:${path}`;
/** Functions and methods of a name among the files of a language group. */
export const callablesKey = (group: string, name: string): string => `u:${group}\0${name}`;
/** Objects of a database by the last part of their name, folded. */
export const databaseKey = (name: string): string => `s:${name}`;
/** What belongs to a type, or to anything of that name, but stands outside of it: Go's methods, Rust's `impl`. */
export const detachedKey = (group: string, name: string): string => `d:${group}\0${name}`;

/**
 * A 53-bit hash of a text: fast, good enough where a collision costs time and nothing else, or is as likely as a broken
 * machine. After cyrb53 (public domain).
 */
export function hashText(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

/** The hash under which a key is recorded. */
export const hashKey = (key: string): number => hashText(key) >>> 0;

/** Notes what is looked at while one file is resolved; outside of that it notes nothing. */
export class DependencyRecorder {
  #path: string | null = null;
  #names = new Set<number>();
  #questions = new Map<unknown, ModuleQuestion>();
  #paused = 0;

  /** Begins with a file. */
  begin(path: string): void {
    this.#path = path;
    this.#names = new Set();
    this.#questions = new Map();
  }

  /** Ends with it. */
  end(): FileDependencies {
    this.#path = null;
    return { names: Uint32Array.from(this.#names).sort(), questions: [...this.#questions.values()] };
  }

  /** Whether what is seen of this file is to be noted: the file in hand needs none of it of itself. */
  isForeign(path: string): boolean {
    return this.#path !== null && this.#paused === 0 && path !== this.#path;
  }

  get isRecording(): boolean {
    return this.#path !== null && this.#paused === 0;
  }

  /** Notes a key. */
  look(key: string): void {
    if (this.isRecording) this.#names.add(hashKey(key));
  }

  /** Notes a key by its hash. */
  lookHash(hash: number): void {
    this.#names.add(hash);
  }

  /** Whether a question was noted for the file in hand. */
  hasAsked(key: unknown): boolean {
    return this.#questions.has(key);
  }

  /** Notes a question under a key of its own. */
  asked(key: unknown, question: ModuleQuestion): void {
    this.#questions.set(key, question);
  }

  /** Runs work whose looks are accounted for otherwise. */
  paused<Result>(work: () => Result): Result {
    this.#paused++;
    try {
      return work();
    } finally {
      this.#paused--;
    }
  }
}
