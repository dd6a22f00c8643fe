import { describe, expect, it } from 'vitest';
import type { ChunkDefinition } from '../../../src/chunking/chunk-source.ts';
import {
  inOrderOfWeight,
  moduleDocstring,
  openingSentences,
  withoutLicence,
  wordsOfImports,
} from '../../../src/chunking/file-opening.ts';

function define(kind: ChunkDefinition['kind'], name: string, documentation = ''): ChunkDefinition {
  const at = { line: 0, column: 0 };
  const range = { start: at, end: at, startOffset: 0, endOffset: 0 };
  return { kind, name, qualifiedName: name, parent: -1, range, bodyOffset: 0, signature: '', documentation };
}

describe('withoutLicence', () => {
  it('drops the notice up to its last line and keeps what stands around it', () => {
    const notice = ['Copyright (C) 2011 Somebody', 'You may obtain a copy at', 'limitations under the License.'];
    expect(withoutLicence(['pool.c', ...notice, 'Keeps connections.'])).toEqual(['pool.c', 'Keeps connections.']);
  });

  it('keeps documentation that mentions a licence further down', () => {
    const comments = [
      'Radix tree, based on',
      'the work of somebody',
      'at some place',
      'licensed as MIT. Heavily changed.',
    ];
    expect(withoutLicence(comments)).toEqual(comments);
  });

  it('leaves comments without a notice alone', () => {
    expect(withoutLicence(['Checks permission of users.'])).toEqual(['Checks permission of users.']);
    expect(withoutLicence([])).toEqual([]);
  });
});

describe('moduleDocstring', () => {
  it.each([
    ['"""Talks to the bank."""\nimport os\n', 'Talks to the bank.'],
    ["#!/usr/bin/env python\n# coding\n\nr'''Talks to\nthe bank.\n'''\n", 'Talks to\nthe bank.'],
    ['"""never closed', 'never closed'],
    ['import os\nQUERY = """select"""\n', ''],
    ['"one line"\n', ''],
  ])('reads %j', (opening, docstring) => {
    expect(moduleDocstring('python', opening)).toBe(docstring);
  });

  it('knows them in Python only', () => {
    expect(moduleDocstring('swift', '"""text"""')).toBe('');
  });

  it('takes a megabyte of blank lines', () => {
    expect(moduleDocstring('python', ' \n#\n'.repeat(250_000))).toBe('');
  });
});

describe('wordsOfImports', () => {
  it('takes every word of the statements, and those that say import', () => {
    const words = wordsOfImports([{ specifier: '../net/tcp.ts', names: [{ name: 'connect', alias: 'dial' }] }]);
    expect([...words]).toEqual(expect.arrayContaining(['import', 'net', 'tcp', 'ts', 'connect', 'dial']));
  });

  it('is empty where nothing is imported', () => {
    expect(wordsOfImports([]).size).toBe(0);
  });
});

describe('what a file defines', () => {
  it('starts with what holds or runs code', () => {
    const definitions = [define('constant', 'A'), define('class', 'B'), define('type', 'C'), define('function', 'd')];
    expect(inOrderOfWeight(definitions).map(({ name }) => name)).toEqual(['B', 'C', 'd', 'A']);
  });

  it('is told by the first sentences of up to four documented definitions', () => {
    const definitions = 'abcdef'
      .split('')
      .map((name) => define('class', name, name === 'b' ? '' : `Keeps ${name} in store. And more.`));
    expect(openingSentences(definitions)).toEqual(
      ['a', 'c', 'd', 'e'].map((name) => `${name}: Keeps ${name} in store.`),
    );
  });
});
