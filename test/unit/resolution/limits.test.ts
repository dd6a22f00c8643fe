import { describe, expect, it } from 'vitest';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { MAX_SAME_NAMED } from '../../../src/resolution/project-index.ts';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';
import { parsedFile } from './parsed-file-builder.ts';
import type { DefinitionFacts, FileFacts } from './parsed-file-builder.ts';

/** What became of the calls of the last file. */
function callsOf(...files: ParsedFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const result = resolveReferences(files, { paths, readManifest: () => undefined }).files;
  const last = result.find(({ path }) => path === files.at(-1)?.path);
  return [
    ...(last?.edges ?? []).filter(({ kind }) => kind === 'calls').map(({ target }) => target),
    ...(last?.unresolved ?? [])
      .filter(({ kind }) => kind === 'calls')
      .map((each) => `${each.reason} ${each.candidateCount}`),
  ];
}

const sameNamed = (count: number): DefinitionFacts[] =>
  Array.from({ length: count }, () => ({ kind: 'function', name: 'parse' }) as const);

/** Classes of which each extends the one before; the first has a method. */
function chain(length: number): DefinitionFacts[] {
  const classes = Array.from({ length }, (_, index): DefinitionFacts =>
    index === 0 ? { kind: 'class', name: 'C0' } : { kind: 'class', name: `C${index}`, extends: [`C${index - 1}`] },
  );
  return [...classes, { kind: 'method', name: 'acquire', parent: 0 }];
}

function callThrough(length: number): string[] {
  const typedNames = [{ name: 'object', typeName: `C${length - 1}`, scope: -1 }];
  const definitions = chain(length);
  return callsOf(parsedFile('a.py', { language: 'python', definitions, typedNames, calls: [['object', 'acquire']] }));
}

/** A call of what the last of `count` times four bases has, beside each other in two generations. */
function callThroughFamily(count: number): string[] {
  const roots = Array.from({ length: count * 4 }, (_, at) => ({ kind: 'class', name: `R${at}` }) as const);
  const middle = Array.from({ length: count }, (_, at): DefinitionFacts => {
    const bases = [0, 1, 2, 3].map((part) => `R${at * 4 + part}`);
    return { kind: 'class', name: `M${at}`, extends: bases };
  });
  const all: DefinitionFacts[] = [
    ...roots,
    ...middle,
    { kind: 'class', name: 'All', extends: middle.map(({ name }) => name) },
    { kind: 'method', name: 'acquire', parent: roots.length - 1 },
  ];
  const typedNames = [{ name: 'object', typeName: 'All', scope: -1 }];
  const calls = [['object', 'acquire']] as const;
  return callsOf(parsedFile('a.py', { language: 'python', definitions: all, typedNames, calls }));
}

type Wildcard = NonNullable<FileFacts['imports']>[number];

const wildcard = (specifier: string): Wildcard => ({ specifier, names: [{ name: '*', alias: '*' }] });

const userOf = (imports: readonly Wildcard[]): ParsedFile =>
  parsedFile('user.py', {
    language: 'python',
    imports,
    calls: [
      [null, 'acquire'],
      [null, 'missing'],
    ],
  });

describe('limits of resolution', () => {
  it.each(['python', 'typescript', 'c'])('tells apart so many definitions of one name and no more: %s', (language) => {
    const call = (count: number): string[] =>
      callsOf(parsedFile('a', { language, definitions: sameNamed(count), calls: [[null, 'parse']] }));
    expect(call(MAX_SAME_NAMED)).toEqual([expect.stringMatching(/^a#parse/u)]);
    expect(call(MAX_SAME_NAMED + 1)).toEqual([`ambiguous ${MAX_SAME_NAMED + 1}`]);
  });

  it('finds what a distant base has, and leaves open what one of hundreds may have', () => {
    expect(callThrough(90)).toEqual(['a.py#C0.acquire']);
    expect(callThrough(400)).toEqual(['external 0']);
  });

  it('leaves open what one of hundreds of bases beside each other may have', () => {
    expect(callThroughFamily(30)).toEqual(['a.py#R119.acquire']);
    expect(callThroughFamily(60)).toEqual(['external 0']);
  });

  it('looks each of its bases up in the order none of them contradicts', () => {
    const definitions: DefinitionFacts[] = [
      { kind: 'class', name: 'Base' },
      { kind: 'class', name: 'Left', extends: ['Base'] },
      { kind: 'class', name: 'Right', extends: ['Base'] },
      { kind: 'class', name: 'Both', extends: ['Left', 'Right'] },
      { kind: 'method', name: 'acquire', parent: 0 },
      { kind: 'method', name: 'acquire', parent: 2 },
    ];
    const typedNames = [{ name: 'object', typeName: 'Both', scope: -1 }];
    const file = parsedFile('a.py', { language: 'python', definitions, typedNames, calls: [['object', 'acquire']] });
    expect(callsOf(file)).toEqual(['a.py#Right.acquire']);
  });

  it('comes to an end where bases contradict each other', () => {
    const definitions: DefinitionFacts[] = [
      { kind: 'class', name: 'A' },
      { kind: 'class', name: 'B' },
      { kind: 'class', name: 'AB', extends: ['A', 'B'] },
      { kind: 'class', name: 'BA', extends: ['B', 'A'] },
      { kind: 'class', name: 'Both', extends: ['AB', 'BA'] },
      { kind: 'method', name: 'acquire', parent: 0 },
      { kind: 'method', name: 'acquire', parent: 1 },
    ];
    const typedNames = [{ name: 'object', typeName: 'Both', scope: -1 }];
    const file = parsedFile('a.py', { language: 'python', definitions, typedNames, calls: [['object', 'acquire']] });
    expect(callsOf(file)).toEqual(['a.py#A.acquire']);
  });

  it('finds a name behind any number of wildcard imports from outside', () => {
    const outside = Array.from({ length: 400 }, (_, index) => wildcard(`outside${index}`));
    const inside = parsedFile('pool.py', { language: 'python', definitions: [{ kind: 'function', name: 'acquire' }] });
    expect(callsOf(inside, userOf([...outside, wildcard('pool')]))).toEqual(['pool.py#acquire', 'external 0']);
    expect(callsOf(inside, userOf([wildcard('pool'), wildcard('pool')]))).toEqual(['pool.py#acquire', 'not-found 0']);
  });
});
