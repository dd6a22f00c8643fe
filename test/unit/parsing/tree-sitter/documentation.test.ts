import { describe, expect, it } from 'vitest';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';
import { cleanComment, cleanDocstring } from '../../../../src/parsing/tree-sitter/documentation.ts';

describe('cleanComment', () => {
  it.each([
    ['/** One. */', 'One.'],
    ['/**\n * One.\n *\n *   two\n */', 'One.\n\n  two'],
    ['/*! One */', 'One'],
    ['// One', 'One'],
    ['/// One', 'One'],
    ['# One', 'One'],
    ['/**/', ''],
    ['/** One\r\n * two */', 'One\ntwo'],
  ])('%j is %j', (comment, text) => {
    expect(cleanComment(comment)).toBe(text);
  });
});

describe('cleanDocstring', () => {
  it.each([
    ['"""One."""', 'One.'],
    ["r'''One\n    two\n      three\n    '''", 'One\ntwo\n  three'],
    ["'one'", 'one'],
    ['""', ''],
  ])('%j is %j', (literal, text) => {
    expect(cleanDocstring(literal)).toBe(text);
  });
});

describe('comments above a definition', () => {
  it.each([
    ['// a\n// b\nfunction f() {}', 'a\nb'],
    ['// far\n\n// near\nfunction f() {}', 'near'],
    ['// far\n\nfunction f() {}', ''],
    ['const x = 1; // of x\nfunction f() {}', ''],
    ['/** doc */\n// eslint-disable-next-line\nexport async function f() {}', 'doc'],
    ['/* license */\n/** doc */\nfunction f() {}', 'doc'],
    ['/** doc */ function f() {}', 'doc'],
  ])('%j has %j', async (text, documentation) => {
    const file = (await loadLanguage('typescript')).parse('a.ts', text);
    expect(file.definitions.find(({ name }) => name === 'f')?.documentation).toBe(documentation);
  });
});
