import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../src/chunking/chunk.ts';
import type { ChunkDefinition } from '../../../src/chunking/chunk-source.ts';
import { chunkFile } from '../../../src/chunking/chunk-file.ts';
import { estimateTokens, MAX_CHUNK_TOKENS } from '../../../src/chunking/text-budget.ts';
import { SYMBOL_KINDS } from '../../../src/graph/symbol.ts';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import type { DefinitionOutline } from './source-builder.ts';
import { locate } from './source-builder.ts';

const POOL = `import { connect } from 'node:net';

/** Keeps connections open. */
export class ConnectionPool {
  readonly maxSize = 10;
  #idle = [];

  // Waits for a free connection.
  async acquire(timeoutMs) {
    if (this.#idle.length === 0) throw new Error('pool is exhausted');
    const connection = this.#idle.pop();
    return connection;
  }

  release(connection) {
    this.#idle.push(connection);
    this.notifyWaiters();
  }
}

const DEFAULT_PORT = 5432;
const DEFAULT_HOST = 'localhost';

setInterval(() => sweepIdleConnections(), 1000);
`;

const POOL_DEFINITIONS: readonly DefinitionOutline[] = [
  {
    kind: 'class',
    name: 'ConnectionPool',
    starts: 'class ConnectionPool',
    ends: '\n}',
    documentation: 'Keeps connections open.',
  },
  { kind: 'field', name: 'maxSize', starts: 'readonly maxSize = 10', ends: ';', parent: 0 },
  { kind: 'method', name: 'acquire', starts: 'async acquire(timeoutMs)', ends: '\n  }', parent: 0 },
  { kind: 'method', name: 'release', starts: 'release(connection)', ends: '\n  }', parent: 0 },
  { kind: 'constant', name: 'DEFAULT_PORT', starts: 'const DEFAULT_PORT = 5432', ends: ';' },
  { kind: 'constant', name: 'DEFAULT_HOST', starts: "const DEFAULT_HOST = 'localhost'", ends: ';' },
];

function chunk(
  text: string,
  outlines: readonly DefinitionOutline[],
  language = 'typescript',
  path = 'src/db/pool.ts',
): Chunk[] {
  return chunkFile({ path, language, definitions: locate(text, outlines) }, text);
}

function uncoveredLines(chunks: readonly Chunk[], text: string): number[] {
  const lines = text.split('\n');
  const covered = new Set<number>();
  for (const { startLine, endLine } of chunks) for (let line = startLine; line <= endLine; line++) covered.add(line);
  return lines.flatMap((line, at) => (/\S/u.test(line) && !covered.has(at + 1) ? [at + 1] : []));
}

describe('chunkFile', () => {
  it('accepts a parsed file as it is', () => {
    const parsed: ParsedFile = {
      path: 'a.ts',
      language: 'typescript',
      definitions: [],
      references: [],
      imports: [],
      exportAliases: [],
      typedNames: [],
      packageName: '',
      diagnostics: [],
    };
    expect(chunkFile(parsed, 'run();\n')).toHaveLength(1);
  });

  it('gives each method its chunk, the class an outline, constants one together and the rest to the file', () => {
    const chunks = chunk(POOL, POOL_DEFINITIONS);
    expect(chunks.map(({ definition, startLine, endLine }) => [definition, startLine, endLine])).toEqual([
      [-1, 1, 1],
      [0, 3, 19],
      [2, 8, 13],
      [3, 15, 18],
      [4, 21, 22],
      [-1, 24, 24],
    ]);
  });

  it('writes head, definition line, what the class is for, comments, then distinct identifiers and the words of strings', () => {
    const acquire = chunk(POOL, POOL_DEFINITIONS).find(({ definition }) => definition === 2);
    expect(acquire?.text).toBe(
      'src db pool ts > ConnectionPool.acquire\nasync acquire(timeoutMs)\nKeeps connections open.\n' +
        'Waits for a free connection.\nidle length throw Error pop exhausted',
    );
  });

  it('outlines a class with its documentation and the definition lines of its members', () => {
    const outline = chunk(POOL, POOL_DEFINITIONS).find(({ definition }) => definition === 0);
    expect(outline?.text.split('\n')).toEqual([
      'src db pool ts > ConnectionPool (connection pool)',
      'class ConnectionPool',
      'Keeps connections open.',
      'readonly maxSize = 10',
      'async acquire(timeoutMs)',
      'release(connection)',
      'idle',
    ]);
  });

  it('names the members alone where their definition lines are long', () => {
    const text = `class Big {\n${Array.from({ length: 30 }, (_, at) => `  method${at}(first, second, third) {\n\n\n\n  }\n`).join('')}}\n`;
    const outlines: DefinitionOutline[] = [{ kind: 'class', name: 'Big', starts: 'class Big', ends: '\n}' }];
    for (let at = 0; at < 30; at++) {
      outlines.push({
        kind: 'method',
        name: `method${at}`,
        starts: `method${at}(first, second, third)`,
        ends: '\n  }',
        parent: 0,
      });
    }
    const [outline] = chunk(text, outlines);
    expect(outline?.text).toContain('method0 method1 method2');
    expect(outline?.text).not.toContain('third');
  });

  it('lists methods that belong to a type but are written elsewhere', () => {
    const text =
      'type Pool struct {\n\tsize int\n\tidle []Conn\n\tname string\n}\n\nfunc (p *Pool) Acquire() Conn {\n\treturn p.idle[0]\n}\n';
    const [outline] = chunk(
      text,
      [
        { kind: 'struct', name: 'Pool', starts: 'type Pool struct', ends: '\n}' },
        { kind: 'method', name: 'Acquire', starts: 'func (p *Pool) Acquire() Conn', ends: '\n}', parent: 0 },
      ],
      'go',
      'pool.go',
    );
    expect(outline?.text).toContain('func (p *Pool) Acquire() Conn');
  });

  it('splits the last name of a symbol into words, and no other', () => {
    const [first] = chunk('function loadUserById(id) {\n  a();\n  b();\n  return id;\n}\n', [
      { kind: 'function', name: 'loadUserById', starts: 'function loadUserById(id)', ends: '\n}' },
    ]);
    expect(first?.text.split('\n')[0]).toBe('src db pool ts > loadUserById (load user by id)');
  });

  it('says what the class is for only where a method has no documentation of its own', () => {
    const outlines = POOL_DEFINITIONS.map((outline) =>
      outline.name === 'release' ? { ...outline, documentation: 'Gives one back.' } : outline,
    );
    const release = chunk(POOL, outlines).find(({ definition }) => definition === 3);
    expect(release?.text).toContain('Gives one back.');
    expect(release?.text).not.toContain('Keeps connections open.');
  });

  it('lets the opening of a file say what it defines and is for, and not what it imports', () => {
    const text = `// Copyright 2020 Somebody\n// Licensed under the Apache License\n\n// Talks to the bank.\n${POOL}`;
    const imports = [{ specifier: 'node:net', names: [{ name: 'connect', alias: 'connect' }] }];
    const definitions = locate(text, POOL_DEFINITIONS);
    const [opening] = chunkFile({ path: 'src/db/pool.ts', language: 'typescript', definitions, imports }, text);
    expect(opening).toMatchObject({ definition: -1, startLine: 1, endLine: 5 });
    expect(opening?.text.split('\n')).toEqual([
      'src db pool ts',
      'Talks to the bank.',
      'ConnectionPool: Keeps connections open.',
      'class ConnectionPool',
      'const DEFAULT_PORT = 5432',
      "const DEFAULT_HOST = 'localhost'",
    ]);
    expect(opening?.words.body).toContain('connect');
  });

  it('reads the docstring a Python file opens with', () => {
    const text = '"""Charges cards."""\nimport os\n\ndef charge(card):\n    a()\n    b()\n    return card\n';
    const [opening] = chunk(
      text,
      [{ kind: 'function', name: 'charge', starts: 'def charge(card):', ends: 'card\n' }],
      'python',
    );
    expect(opening?.text.split('\n')[1]).toBe('Charges cards.');
  });

  it('leaves out the outermost names of a symbol nested too deep to show', () => {
    const outer = 'Outer'.repeat(12);
    const text = `class ${outer} {\n  run() {\n    a();\n    b();\n    c();\n  }\n}\n`;
    const method = chunk(text, [
      { kind: 'class', name: outer, starts: `class ${outer}`, ends: '\n}' },
      { kind: 'method', name: 'run', starts: 'run()', ends: '\n  }', parent: 0 },
    ]).find(({ definition }) => definition === 1);
    expect(method?.text.split('\n')[0]).toBe('src db pool ts > run');
  });

  it('keeps documentation out of the words of tiny neighbours', () => {
    const text = '/** The port. */\nconst PORT = 1;\n/** The host. */\nconst HOST = 2;\n';
    const [group] = chunk(text, [
      { kind: 'constant', name: 'PORT', starts: 'const PORT', ends: ';', documentation: 'The port.' },
      { kind: 'constant', name: 'HOST', starts: 'const HOST', ends: ';', documentation: 'The host.' },
    ]);
    expect(group?.text.match(/The port/gu)).toHaveLength(1);
  });

  it('keeps words for the text index: names, path and body, folded and split', () => {
    const acquire = chunk(POOL, POOL_DEFINITIONS).find(({ definition }) => definition === 2);
    expect(acquire?.words.name).toBe('connectionpool connection pool acquire');
    expect(acquire?.words.path).toBe('src db pool ts pool.ts');
    expect(acquire?.words.body.split(' ')).toEqual(
      expect.arrayContaining(['timeoutms', 'timeout', 'ms', 'waits', 'exhausted']),
    );
  });

  it('repeats the head in each part of a long function and overlaps none', () => {
    const body = Array.from({ length: 200 }, (_, at) => `  step${at}();`).join('\n');
    const chunks = chunk(`function migrate(database) {\n${body}\n}\n`, [
      { kind: 'function', name: 'migrate', starts: 'function migrate(database)', ends: '\n}' },
    ]);
    expect(chunks.length).toBe(5);
    for (const part of chunks) {
      expect(part.definition).toBe(0);
      expect(part.text).toMatch(/^src db pool ts > migrate\nfunction migrate\(database\)\n/u);
      expect(part.endLine - part.startLine).toBeLessThan(60);
    }
    for (const [at, part] of chunks.slice(1).entries()) expect(part.startLine).toBe((chunks[at]?.endLine ?? 0) + 1);
    expect(chunks.at(-1)?.text).toContain('step199');
  });

  it('keeps a small inner function in the outer one and gives a big one its own chunk', () => {
    const text = `function outer() {\n  const tiny = () => 1;\n  function big() {\n    a();\n    b();\n    c();\n    d();\n  }\n  return big;\n}\n`;
    const chunks = chunk(text, [
      { kind: 'function', name: 'outer', starts: 'function outer()', ends: '\n}' },
      { kind: 'function', name: 'tiny', starts: 'const tiny = () =>', ends: ';', parent: 0 },
      { kind: 'function', name: 'big', starts: 'function big()', ends: '\n  }', parent: 0 },
    ]);
    expect(chunks.map(({ definition }) => definition)).toEqual([0, 2]);
    expect(chunks[0]?.words.name).toContain('tiny');
  });

  it('attaches comments and decorators to the definition under them', () => {
    const text = `import os\n\n# Charges a card.\n@retry(3)\ndef charge(card):\n    return gateway.charge(card)\n`;
    const chunks = chunk(
      text,
      [{ kind: 'function', name: 'charge', starts: 'def charge(card):', ends: 'charge(card)\n' }],
      'python',
    );
    const charge = chunks.find(({ definition }) => definition === 0);
    expect(charge?.startLine).toBe(3);
    expect(charge?.text).toContain('Charges a card.');
  });

  it('leaves the keywords of SQL out but the verbs that change data', () => {
    const text = `CREATE PROCEDURE close_day AS\nBEGIN\n  SELECT total FROM sales\n  DELETE FROM drafts\nEND\nGO\n`;
    const chunks = chunk(
      text,
      [{ kind: 'procedure', name: 'close_day', starts: 'CREATE PROCEDURE close_day AS', ends: 'END' }],
      'sql',
      'a.sql',
    );
    expect(chunks).toHaveLength(1);
    expect(chunks[0]?.text.split('\n').at(-1)).toBe('total sales DELETE drafts');
    expect(chunks[0]?.endLine).toBe(6);
  });

  it('stretches over closing lines without words', () => {
    const text = 'namespace a {\n\nvoid run() {\n  start();\n}\n\n} }\n';
    const chunks = chunk(text, [{ kind: 'function', name: 'run', starts: 'void run()', ends: '\n}' }], 'cpp');
    expect(uncoveredLines(chunks, text)).toEqual([]);
    expect(chunks.at(-1)?.endLine).toBe(7);
  });

  it('cuts a file without definitions at blank lines', () => {
    const text = Array.from({ length: 150 }, (_, at) => (at % 10 === 9 ? '' : `line ${at} of the guide`)).join('\n');
    const chunks = chunk(text, [], 'markdown', 'docs/guide.md');
    expect(chunks).toHaveLength(4);
    for (const { definition, startLine, endLine } of chunks) {
      expect(definition).toBe(-1);
      expect(endLine - startLine).toBeLessThanOrEqual(60);
      expect(startLine % 10).toBe(1);
    }
  });

  it('gives nothing for nothing and one chunk for a file without words', () => {
    expect(chunk('', [])).toEqual([]);
    expect(chunk(' \n\t\n', [])).toEqual([]);
    expect(chunk('}\n', [])).toHaveLength(1);
  });

  it('hashes the text', () => {
    for (const { text, contentHash } of chunk(POOL, POOL_DEFINITIONS)) {
      expect(contentHash).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });
});

const LINE = fc.constantFrom(
  '',
  '  ',
  '}',
  '{',
  'alpha(beta);',
  '// a comment',
  '/* open',
  '*/',
  "'",
  '"text"',
  '`',
  'x = 1',
  'const GAMMA = 2;',
  '# hash',
  'ação',
  '数据',
  '\\',
  '\u00a0',
  '\r',
);

const FILE = fc.array(LINE, { maxLength: 160 }).map((lines) => lines.join('\n'));

/** Any ranges at all, also crossing and lying outside the text: the property must hold for a parser's mistakes too. */
const DEFINITIONS = fc.array(
  fc.record({
    kind: fc.constantFrom(...SYMBOL_KINDS),
    start: fc.integer({ min: -5, max: 900 }),
    length: fc.integer({ min: -5, max: 500 }),
    body: fc.integer({ min: -5, max: 60 }),
    parent: fc.integer({ min: -1, max: 12 }),
    signature: fc.constantFrom('', 'sig(a, b)', 'x'.repeat(700)),
    documentation: fc.constantFrom('', 'Says what it does.', 'word '.repeat(300)),
  }),
  { maxLength: 12 },
);

const constant = (name: string): DefinitionOutline => ({
  kind: 'constant',
  name,
  starts: `const ${name}`,
  ends: ';',
});

describe('tiny neighbours', () => {
  it('take a line of code between them into their chunk', () => {
    const text = 'const A = 1;\nregister(A);\nconst B = 2;\n';
    const chunks = chunk(text, [constant('A'), constant('B')]);
    expect(chunks).toMatchObject([{ definition: 0, startLine: 1, endLine: 3 }]);
    expect(chunks[0]?.text).toContain('register');
  });

  it('are parted by more code than that', () => {
    const text = 'const A = 1;\nregister(A);\nrun(A);\nstop(A);\nconst B = 2;\n';
    expect(chunk(text, [constant('A'), constant('B')]).map(({ definition }) => definition)).toEqual([0, -1, 1]);
  });

  it('do not crowd one chunk', () => {
    const names = Array.from({ length: 60 }, (_, at) => `SETTING_NUMBER_${at}_`);
    const chunks = chunk(names.map((name) => `const ${name} = 1;\n`).join(''), names.map(constant));
    expect(chunks.length).toBeGreaterThan(3);
    expect(new Set(chunks.map(({ definition }) => definition)).size).toBe(chunks.length);
  });
});

describe('chunkFile on anything', () => {
  it('covers every line that is not blank, within the budget, the same each time', () => {
    fc.assert(
      fc.property(FILE, DEFINITIONS, fc.constantFrom('typescript', 'python', 'sql', ''), (text, shapes, language) => {
        const definitions = shapes.map(
          ({ kind, start, length, body, parent, signature, documentation }, at): ChunkDefinition => ({
            kind,
            name: `name${at}`,
            qualifiedName: `scope.name${at}`,
            parent,
            signature,
            documentation,
            range: {
              start: { line: 0, column: 0 },
              end: { line: 0, column: 0 },
              startOffset: start,
              endOffset: start + length,
            },
            bodyOffset: start + body,
          }),
        );
        const source = { path: 'src/some/file.ts', language, definitions };
        const chunks = chunkFile(source, text);
        expect(uncoveredLines(chunks, text)).toEqual([]);
        const lineCount = text.split('\n').length;
        for (const each of chunks) {
          expect(each.startLine).toBeGreaterThanOrEqual(1);
          expect(each.endLine).toBeGreaterThanOrEqual(each.startLine);
          expect(each.endLine).toBeLessThanOrEqual(lineCount);
          expect(each.definition).toBeLessThan(definitions.length);
          expect(estimateTokens(each.text)).toBeLessThanOrEqual(MAX_CHUNK_TOKENS + 1e-6);
        }
        expect(chunkFile(source, text)).toEqual(chunks);
      }),
      { numRuns: 400 },
    );
  });

  it('loses no definition that is a function', () => {
    const text = Array.from({ length: 40 }, (_, at) => `function f${at}() { return ${at}; }`).join(' ');
    const outlines = Array.from({ length: 40 }, (_, at): DefinitionOutline => ({
      kind: 'function',
      name: `f${at}`,
      starts: `function f${at}()`,
      ends: '}',
    }));
    const names = chunk(text, outlines).flatMap(({ words }) => words.name.split(' '));
    for (let at = 0; at < 40; at++) expect(names).toContain(`f${at}`);
  });
});

const define = (
  kind: ChunkDefinition['kind'],
  at: number,
  startOffset: number,
  endOffset: number,
): ChunkDefinition => ({
  kind,
  name: `n${at}`,
  qualifiedName: `n${at}`,
  parent: -1,
  signature: `n${at}()`,
  documentation: '',
  range: { start: { line: 0, column: 0 }, end: { line: 0, column: 0 }, startOffset, endOffset },
  bodyOffset: startOffset + 1,
});

describe('chunkFile on much', () => {
  it.each([
    ['one line each', 'call(x);\n'],
    ['all on one line', 'call(x); '],
  ])('takes 100,000 definitions, %s', (_, piece) => {
    const count = 100_000;
    const definitions = Array.from({ length: count }, (__, at) =>
      define('function', at, at * piece.length, at * piece.length + 7),
    );
    expect(
      chunkFile({ path: 'a.js', language: 'javascript', definitions }, piece.repeat(count)).length,
    ).toBeGreaterThan(1000);
  });

  it.each(['class', 'function'] as const)('takes 50,000 nested ones (%s)', (kind) => {
    const count = 50_000;
    const text = 'a {\n'.repeat(count) + '}\n'.repeat(count);
    const definitions = Array.from({ length: count }, (_, at) => define(kind, at, at * 4, text.length - at * 2));
    expect(chunkFile({ path: 'a.js', language: 'javascript', definitions }, text).length).toBeGreaterThan(1000);
  });

  it.each(['/*', "'", '"', '`', '//', '\\', "'\\", ' ', '-', '\u3000'])('takes a megabyte of %s', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    const definitions = Array.from({ length: 1000 }, (_, at) => define('function', at, at * 1000, at * 1000 + 900));
    expect(() => chunkFile({ path: 'a.js', language: 'javascript', definitions }, text)).not.toThrow();
  });
});
