/** How a language writes the few things monsters are made of. Bodies are statements. */
export interface Dialect {
  readonly extension: string;
  /** What a file starts and ends with. */
  readonly frame?: readonly [start: string, end: string];
  readonly define: (name: string, body: string) => string;
  readonly call: (name: string) => string;
  /** Calls of what a call gives, `name().name()…`; undefined where the language has none. */
  readonly chain?: (name: string, length: number) => string;
  /** A class with members; undefined where the language has none. */
  readonly type?: (name: string, base: string | undefined, members: string) => string;
  readonly method?: (name: string, body: string) => string;
  /** Brings a name of another file of the folder in; `file` is without its extension. */
  readonly bring: (file: string, name: string) => string;
  /** Whether functions may be written in each other. */
  readonly nests?: boolean;
}

const dotted = (name: string, length: number): string => `${name}()${`.${name}()`.repeat(length)};`;
const braces = (head: string, body: string): string => `${head} {\n${body}\n}\n`;
const indented = (text: string): string => text.replaceAll(/^(?=.)/gmu, '  ');

const script: Dialect = {
  extension: '.ts',
  define: (name, body) => braces(`export function ${name}(a: any): any`, body),
  call: (name) => `${name}(1);`,
  chain: dotted,
  type: (name, base, members) => braces(`export class ${name}${base === undefined ? '' : ` extends ${base}`}`, members),
  method: (name, body) => braces(`${name}(a: any): any`, body),
  bring: (file, name) => `import { ${name} } from './${file}';`,
  nests: true,
};
const untyped: Dialect = {
  ...script,
  extension: '.js',
  define: (name, body) => braces(`export function ${name}(a)`, body),
  method: (name, body) => braces(`${name}(a)`, body),
};
const c: Dialect = {
  extension: '.c',
  define: (name, body) => braces(`int ${name}(int a)`, body),
  call: (name) => `${name}(1);`,
  bring: (file) => `#include "${file}.h"`,
};
const java: Dialect = {
  extension: '.java',
  frame: ['package monsters;\n', ''],
  define: (name, body) => braces(`class Has_${name.slice(0, 40)} { static int ${name}(int a)`, body) + '}\n',
  call: (name) => `${name}(1);`,
  chain: dotted,
  type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` extends ${base}`}`, members),
  method: (name, body) => braces(`int ${name}(int a)`, body),
  bring: (file, name) => `import static monsters.${file}.${name};`,
};

/** By id of the language. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  typescript: script,
  tsx: { ...script, extension: '.tsx' },
  javascript: untyped,
  vue: { ...untyped, extension: '.vue', frame: ['<script>\n', '\n</script>\n'] },
  svelte: { ...untyped, extension: '.svelte', frame: ['<script>\n', '\n</script>\n'] },
  python: {
    extension: '.py',
    define: (name, body) => `def ${name}(a=None):\n${indented(body)}\n`,
    call: (name) => `${name}(1)`,
    chain: (name, length) => dotted(name, length).replace(';', ''),
    type: (name, base, members) => `class ${name}(${base ?? ''}):\n${indented(members)}\n`,
    method: (name, body) => `def ${name}(self, a=None):\n${indented(body)}\n`,
    bring: (file, name) => `from .${file} import ${name}`,
    nests: true,
  },
  java,
  kotlin: {
    extension: '.kt',
    frame: ['package monsters\n', ''],
    define: (name, body) => braces(`fun ${name}(a: Int): Int`, body),
    call: (name) => `${name}(1)`,
    chain: dotted,
    type: (name, base, members) => braces(`open class ${name}${base === undefined ? '' : ` : ${base}()`}`, members),
    method: (name, body) => braces(`open fun ${name}(a: Int): Int`, body),
    bring: (file, name) => `import ${file}.${name}`,
    nests: true,
  },
  scala: {
    extension: '.scala',
    frame: ['package monsters\n', ''],
    define: (name, body) => braces(`def ${name}(a: Int): Int =`, body),
    call: (name) => `${name}(1)`,
    chain: dotted,
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` extends ${base}`}`, members),
    method: (name, body) => braces(`def ${name}(a: Int): Int =`, body),
    bring: (file, name) => `import ${file}.${name}`,
    nests: true,
  },
  c,
  cpp: {
    ...c,
    extension: '.cpp',
    chain: dotted,
    type: (name, base, members) =>
      braces(`class ${name}${base === undefined ? '' : ` : public ${base}`}`, `public:\n${members}`).replace(
        /\n$/u,
        ';\n',
      ),
    method: c.define,
  },
  'objective-c': {
    ...c,
    extension: '.m',
    type: (name, base, members) =>
      `@interface ${name} : ${base ?? 'NSObject'}\n@end\n@implementation ${name}\n${members}\n@end\n`,
    method: (name, body) => braces(`- (int)${name}`, body),
  },
  csharp: {
    ...java,
    extension: '.cs',
    frame: ['namespace Monsters;\n', ''],
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` : ${base}`}`, members),
    bring: (file, name) => `using ${file}.${name};`,
  },
  go: {
    extension: '.go',
    frame: ['package monsters\n', ''],
    define: (name, body) => braces(`func ${name}(a int) int`, body),
    call: (name) => `${name}(1)`,
    chain: dotted,
    type: (name, base, members) =>
      `${braces(`type ${name} struct`, base ?? '')}${members.replaceAll('func (self)', `func (self ${name})`)}`,
    method: (name, body) => braces(`func (self) ${name}(a int) int`, body),
    bring: (file, name) => `import ${name} "monsters/${file}"`,
  },
  rust: {
    extension: '.rs',
    define: (name, body) => braces(`pub fn ${name}(a: i32) -> i32`, body),
    call: (name) => `${name}(1);`,
    chain: dotted,
    type: (name, base, members) =>
      `struct ${name};\n${braces(`impl ${name}`, members)}${base === undefined ? '' : braces(`impl std::ops::Deref for ${name}`, `type Target = ${base};`)}`,
    method: (name, body) => braces(`fn ${name}(&self, a: i32) -> i32`, body),
    bring: (file, name) => `use crate::${file}::${name};`,
    nests: true,
  },
  ruby: {
    extension: '.rb',
    define: (name, body) => `def ${name}(a = nil)\n${body}\nend\n`,
    call: (name) => `${name}(1)`,
    chain: dotted,
    type: (name, base, members) => `class ${name}${base === undefined ? '' : ` < ${base}`}\n${members}\nend\n`,
    method: (name, body) => `def ${name}(a = nil)\n${body}\nend\n`,
    bring: (file) => `require_relative '${file}'`,
  },
  php: {
    extension: '.php',
    frame: ['<?php\n', ''],
    define: (name, body) => braces(`function ${name}($a = null)`, body),
    call: (name) => `${name}(1);`,
    chain: (name, length) => `$x = ${name}()${`->${name}()`.repeat(length)};`,
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` extends ${base}`}`, members),
    method: (name, body) => braces(`function ${name}($a = null)`, body),
    bring: (file, name) => `use function ${file}\\${name};`,
  },
  swift: {
    extension: '.swift',
    define: (name, body) => braces(`func ${name}(_ a: Int) -> Int`, body),
    call: (name) => `${name}(1)`,
    chain: dotted,
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : `: ${base}`}`, members),
    method: (name, body) => braces(`func ${name}(_ a: Int) -> Int`, body),
    bring: (file) => `import ${file}`,
    nests: true,
  },
  dart: {
    extension: '.dart',
    define: (name, body) => braces(`dynamic ${name}(int a)`, body),
    call: (name) => `${name}(1);`,
    chain: dotted,
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` extends ${base}`}`, members),
    method: (name, body) => braces(`dynamic ${name}(int a)`, body),
    bring: (file, name) => `import '${file}.dart' show ${name};`,
    nests: true,
  },
  lua: {
    extension: '.lua',
    define: (name, body) => `function ${name}(a)\n${body}\nend\n`,
    call: (name) => `${name}(1)`,
    chain: dotted,
    bring: (file, name) => `local ${name} = require("${file}")`,
    nests: true,
  },
  bash: {
    extension: '.sh',
    define: (name, body) => braces(`${name}()`, body === '' ? ':' : body),
    call: (name) => `${name} 1`,
    bring: (file) => `source ./${file}.sh`,
    nests: true,
  },
  powershell: {
    extension: '.ps1',
    define: (name, body) => braces(`function ${name}($a)`, body),
    call: (name) => `${name} 1`,
    type: (name, base, members) => braces(`class ${name}${base === undefined ? '' : ` : ${base}`}`, members),
    method: (name, body) => braces(`[int] ${name}([int] $a)`, body),
    bring: (file) => `. ./${file}.ps1`,
    nests: true,
  },
  elixir: {
    extension: '.ex',
    define: (name, body) =>
      `defmodule Has${name.replaceAll(/[^a-zA-Z]/gu, '').slice(0, 40)} do\ndef ${name}(a) do\n${body}\nend\nend\n`,
    call: (name) => `${name}(1)`,
    bring: (file, name) => `alias ${file}.${name}`,
  },
  r: {
    extension: '.R',
    define: (name, body) => braces(`${name} <- function(a)`, body),
    call: (name) => `${name}(1)`,
    bring: (file) => `source("${file}.R")`,
    nests: true,
  },
  zig: {
    extension: '.zig',
    define: (name, body) => braces(`pub fn ${name}(a: i32) i32`, body),
    call: (name) => `${name}(1);`,
    chain: dotted,
    bring: (file, name) => `const ${name} = @import("${file}.zig").${name};`,
  },
  sql: {
    extension: '.sql',
    define: (name, body) => `CREATE PROCEDURE ${name} AS\nBEGIN\n${body === '' ? 'SELECT 1;' : body}\nEND;\nGO\n`,
    call: (name) => `EXEC ${name};`,
    bring: () => '',
  },
};

/** A project that nobody wrote. */
export interface ResolutionMonster {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('\n');

/** Names that objects have without being given them. */
export const ODD_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'prototype',
  '__defineGetter__',
];

/** Projects of hostile shape and size in one language. `count` is how large they are. */
export function resolutionMonsters(dialect: Dialect, count: number): ResolutionMonster[] {
  const { extension, frame: [start, end] = ['', ''], define, call, chain, type, method, bring } = dialect;
  const monster = (name: string, texts: Readonly<Record<string, string>>): ResolutionMonster => ({
    name,
    files: Object.fromEntries(
      Object.entries(texts).map(([file, text]) => [`${file}${extension}`, `${start}${text}\n${end}`]),
    ),
  });
  const long = 'long'.repeat(5_000);
  const monsters = [
    monster('one name', {
      one: times(count, () => define('same', call('same'))) + times(count, () => define('other', call('same'))),
    }),
    monster(
      'one name in files',
      Object.fromEntries(
        Array.from({ length: count / 10 }, (_, file) => [
          `f${file}`,
          times(10, () => define('same', call('same')) + define(`from${file}`, call('same'))),
        ]),
      ),
    ),
    monster('references', {
      one:
        define('target', '') +
        define(
          'user',
          times(count * 4, () => call('target')),
        ),
    }),
    monster('odd names', {
      one: ODD_NAMES.map((name) => define(name, ODD_NAMES.map(call).join('\n'))).join('\n'),
      two: define('user', ODD_NAMES.map(call).join('\n')),
    }),
    monster('long names', {
      one:
        define(long, call(long)) +
        define(
          'user',
          times(20, (index) => call(long + String(index))),
        ),
    }),
    monster('imports', {
      ...Object.fromEntries(
        Array.from({ length: 100 }, (_, file) => [
          `f${file}`,
          `${bring(`f${(file + 1) % 100}`, 'ring')}\n${define(`user${file}`, call('ring'))}`,
        ]),
      ),
      many:
        times(count, (index) => bring(`f${index}`, `name${index}`)) +
        '\n' +
        define(
          'user',
          times(count, (index) => call(`name${index}`)),
        ),
    }),
  ];
  if (dialect.nests === true) {
    let nested = call('deep0');
    for (let depth = 200; depth >= 0; depth--) nested = define(`deep${depth}`, `${nested}\n${call('deep0')}`);
    monsters.push(monster('nested', { one: nested }));
  }
  if (chain !== undefined)
    monsters.push(
      monster('chain', {
        one: define('step', '') + define('user', chain('step', count)),
      }),
    );
  if (type !== undefined && method !== undefined) {
    const run = (body: string): string => method('run', body);
    monsters.push(
      monster('deep', {
        one: times(count, (index) =>
          type(
            `C${index}`,
            index === 0 ? undefined : `C${index - 1}`,
            run(call('run')) + method(`own${index}`, call('own0')),
          ),
        ),
      }),
      monster('deep, last first', {
        one: times(count, (index) => type(`C${index}`, `C${index + 1}`, run(call('missing')))),
      }),
      monster('wide', {
        one:
          type('Base', undefined, run(call('run'))) +
          times(count, (index) => type(`C${index}`, 'Base', run(call('run')))),
      }),
      monster('circle', {
        one:
          times(100, (index) => type(`C${index}`, `C${(index + 1) % 100}`, run(call('missing')))) +
          type('Self', 'Self', run(call('missing'))),
      }),
      monster('overloads', {
        one:
          type(
            'Base',
            undefined,
            times(count, () => run(call('run'))),
          ) +
          type(
            'Derived',
            'Base',
            times(count, () => run(call('run'))),
          ),
      }),
      monster('odd types', {
        one: ODD_NAMES.map((name, index) =>
          type(name, ODD_NAMES[index - 1], ODD_NAMES.map((each) => method(each, call(each))).join('\n')),
        ).join('\n'),
      }),
      monster('one type', { one: times(count, () => type('Same', undefined, run(call('run')))) }),
    );
  }
  return monsters;
}
