import {
  BUILTIN_MEMBERS,
  GO_BUILTINS,
  JAVA_BUILTINS,
  PYTHON_BUILTINS,
  SCRIPT_BUILTINS,
  SCRIPT_TEST_GLOBALS,
} from './builtin-names.ts';

/** Languages whose files see each other's names. `other` languages only see files of the same language. */
export type LanguageFamily = 'script' | 'python' | 'java' | 'go' | 'sql' | 'other';

/** What name resolution must know of a language. */
export interface LanguageRules {
  readonly family: LanguageFamily;
  /** Names project-wide uniqueness is counted within. */
  readonly group: string;
  /** Receivers that mean the enclosing class or its instance. */
  readonly selfNames: ReadonlySet<string>;
  readonly superNames: ReadonlySet<string>;
  /** Members of the enclosing class are visible by their bare name. */
  readonly membersInScope: boolean;
  /** Methods have names of their own: a variable or field does not hide a method of its name. */
  readonly methodsHaveOwnNames: boolean;
  /** Calling a class makes an instance. */
  readonly callInstantiates: boolean;
  /** Of several definitions with one name in one scope the last counts; else the first that has a body. */
  readonly lastDefinitionWins: boolean;
  /** A bare name comes from the file, its imports or the language: guessing by project-wide name is then always wrong. */
  readonly explicitImports: boolean;
  /** Names of constructors as members; the class name itself in Java. */
  readonly constructorNames: ReadonlySet<string>;
  readonly isBuiltin: (name: string) => boolean;
  /** Members any object or collection of the language has. */
  readonly isBuiltinMember: (name: string) => boolean;
}

const NONE: ReadonlySet<string> = new Set();

const SCRIPT: LanguageRules = {
  family: 'script',
  group: 'script',
  selfNames: new Set(['this']),
  superNames: new Set(['super']),
  membersInScope: false,
  methodsHaveOwnNames: false,
  callInstantiates: false,
  lastDefinitionWins: false,
  explicitImports: true,
  constructorNames: new Set(['constructor']),
  isBuiltin: (name) => SCRIPT_BUILTINS.has(name) || SCRIPT_TEST_GLOBALS.has(name),
  isBuiltinMember: (name) => BUILTIN_MEMBERS.script.has(name),
};

const PYTHON: LanguageRules = {
  family: 'python',
  group: 'python',
  selfNames: new Set(['self', 'cls']),
  superNames: new Set(['super']),
  membersInScope: false,
  methodsHaveOwnNames: false,
  callInstantiates: true,
  lastDefinitionWins: true,
  explicitImports: true,
  constructorNames: new Set(['__init__', '__new__']),
  isBuiltin: (name) => PYTHON_BUILTINS.has(name),
  isBuiltinMember: (name) => BUILTIN_MEMBERS.python.has(name),
};

const JAVA: LanguageRules = {
  family: 'java',
  group: 'java',
  selfNames: new Set(['this']),
  superNames: new Set(['super']),
  membersInScope: true,
  methodsHaveOwnNames: true,
  callInstantiates: false,
  lastDefinitionWins: false,
  explicitImports: true,
  constructorNames: new Set(['<init>']),
  isBuiltin: (name) => JAVA_BUILTINS.has(name),
  isBuiltinMember: (name) => BUILTIN_MEMBERS.java.has(name),
};

const GO: LanguageRules = {
  family: 'go',
  group: 'go',
  selfNames: NONE,
  superNames: NONE,
  membersInScope: false,
  methodsHaveOwnNames: false,
  callInstantiates: false,
  lastDefinitionWins: false,
  explicitImports: true,
  constructorNames: NONE,
  isBuiltin: (name) => GO_BUILTINS.has(name),
  isBuiltinMember: (name) => BUILTIN_MEMBERS.go.has(name),
};

const SQL: LanguageRules = {
  family: 'sql',
  group: 'sql',
  selfNames: NONE,
  superNames: NONE,
  membersInScope: true,
  methodsHaveOwnNames: false,
  callInstantiates: false,
  lastDefinitionWins: false,
  explicitImports: false,
  constructorNames: NONE,
  isBuiltin: () => false,
  isBuiltinMember: () => false,
};

const RULES_BY_LANGUAGE: ReadonlyMap<string, LanguageRules> = new Map([
  ['typescript', SCRIPT],
  ['tsx', SCRIPT],
  ['javascript', SCRIPT],
  ['jsx', SCRIPT],
  ['vue', SCRIPT],
  ['svelte', SCRIPT],
  ['python', PYTHON],
  ['java', JAVA],
  ['go', GO],
  ['sql', SQL],
]);

/** Rules of a language; one without rules of its own gets the common ones: lexical scope, `this`/`self`, unique names. */
export function languageRules(language: string): LanguageRules {
  return (
    RULES_BY_LANGUAGE.get(language) ?? {
      ...JAVA,
      family: 'other',
      group: language,
      selfNames: new Set(['this', 'self']),
      explicitImports: false,
      methodsHaveOwnNames: false,
      isBuiltin: () => false,
      isBuiltinMember: () => false,
    }
  );
}
