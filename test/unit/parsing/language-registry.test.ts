import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES_URL, languageDescriptors } from '../../../src/parsing/language-descriptors.ts';
import { isSharedExtension, languageForFile, loadLanguage } from '../../../src/parsing/language-registry.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('languageForFile', () => {
  it.each([
    ['src/a.ts', 'typescript'],
    ['a.mts', 'typescript'],
    ['a.cts', 'typescript'],
    ['a.d.ts', 'typescript'],
    ['A.TSX', 'tsx'],
    ['a.js', 'javascript'],
    ['a.min.mjs', 'javascript'],
    ['a.cjs', 'javascript'],
    ['a.jsx', 'javascript'],
    ['a.py', 'python'],
    ['stubs/a.pyi', 'python'],
    ['SConstruct', 'python'],
    ['A.java', 'java'],
    ['a_test.go', 'go'],
    ['Pool.kt', 'kotlin'],
    ['build.gradle.kts', 'kotlin'],
    ['build.sbt', 'scala'],
    ['page.phtml', 'php'],
    ['Rakefile', 'ruby'],
    ['acme.gemspec', 'ruby'],
    ['Pool.swift', 'swift'],
    ['lib/pool.dart', 'dart'],
  ])('knows %s by its name', (path, id) => {
    expect(languageForFile(path)?.id).toBe(id);
  });

  it.each([
    ['#!/usr/bin/env node\n', 'javascript'],
    ['#!/usr/bin/node', 'javascript'],
    ['#!/usr/bin/env -S LANG=C deno run --allow-read\n', 'typescript'],
    ['#!/usr/bin/python3.11 -u\r\nimport os', 'python'],
    ['#! /usr/bin/python\n', 'python'],
    ['#!/bin/sh\n', 'bash'],
  ])('knows a script by %j', (start, id) => {
    expect(languageForFile('bin/tool', bytes(start))?.id).toBe(id);
  });

  it.each(['README.md', 'Makefile', '.ts', 'src/ts', 'a.ts/b', '', '.'])('knows nothing of %j', (path) => {
    expect(languageForFile(path)).toBeNull();
  });

  it.each(['', '#!', '#!/bin/fish\n', '#!/usr/bin/env\n', 'node\n', '#!\0node'])('knows no script by %j', (start) => {
    expect(languageForFile('bin/tool', bytes(start))).toBeNull();
  });

  it.each([
    ['int run(void);\n', 'c'],
    ['struct pool { int size; };\n#ifdef __cplusplus\nextern "C" {\n#endif\n', 'c'],
    ['#include <stdio.h>\n', 'c'],
    ['', 'c'],
    ['namespace db {\n', 'cpp'],
    ['  template <typename T>\n', 'cpp'],
    ['class Pool;\n', 'cpp'],
    ['struct Pool : Base {\n', 'cpp'],
    ['#include <vector>\n', 'cpp'],
    ['#import "Pool.h"\n', 'objective-c'],
    ['@interface Pool : NSObject\n', 'objective-c'],
    ['// a class of its own\nint a;\n', 'c'],
  ])('tells the language of a header that starts with %j', (start, id) => {
    expect(languageForFile('pool.h', bytes(start))?.id).toBe(id);
  });

  it('takes a header for C where its content is not known', () => {
    expect(languageForFile('pool.h')?.id).toBe('c');
    expect(isSharedExtension('src/pool.h')).toBe(true);
    expect(isSharedExtension('src/pool.c')).toBe(false);
  });

  it('does not look into files that have an extension', () => {
    expect(languageForFile('a.txt', bytes('#!/usr/bin/env node\n'))).toBeNull();
  });
});

describe('languages', () => {
  it('are one owner of each extension, file name and interpreter', () => {
    const claims = languageDescriptors().flatMap(({ extensions, filenames, shebangs, contentPatterns }) => [
      // Where several share an extension, one of them has no patterns.
      ...extensions.filter((extension) => contentPatterns === undefined || !isSharedExtension(`a${extension}`)),
      ...filenames.map((name) => `file ${name}`),
      ...shebangs.map((name) => `#!${name}`),
    ]);
    expect(claims.filter((claim, index) => claims.indexOf(claim) !== index)).toEqual([]);
    for (const { extensions } of languageDescriptors()) {
      for (const extension of extensions) expect(extension).toMatch(/^\.[^A-Z]+$/u);
    }
  });

  for (const descriptor of languageDescriptors()) {
    if (descriptor.engine !== 'tree-sitter') continue;
    it(`${descriptor.id} has the parser that was vendored`, () => {
      const parser = readFileSync(new URL(`${descriptor.id}/parser.wasm`, LANGUAGES_URL));
      expect(createHash('sha256').update(parser).digest('hex')).toBe(descriptor.grammar.sha256);
      expect(descriptor.grammar.version).toMatch(/^\d+\.\d+\.\d+$/u);
      expect(descriptor.grammar.license).toMatch(/^(?:MIT|Apache-2\.0)$/u);
      expect(descriptor.grammar.licenseText).toMatch(/Copyright.*Permission is hereby granted|Apache License/su);
    });

    it(`${descriptor.id} loads once`, async () => {
      const language = await loadLanguage(descriptor.id);
      expect(language.id).toBe(descriptor.id);
      expect(await loadLanguage(descriptor.id)).toBe(language);
    });
  }

  it('refuses an unknown id with the ids there are', async () => {
    await expect(loadLanguage('cobol')).rejects.toMatchObject({
      code: 'PARSING_LANGUAGE_UNKNOWN',
      hint: expect.stringContaining('typescript'),
    });
  });
});
