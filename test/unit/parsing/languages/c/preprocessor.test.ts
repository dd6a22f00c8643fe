import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutDirectives } from '../../../../../src/parsing/languages/c/preprocessor.ts';

const c = (text: string): string => withoutDirectives(text, { isCpp: false });
const cpp = (text: string): string => withoutDirectives(text, { isCpp: true });
const words = (text: string): string => text.split(/\s+/u).filter(Boolean).join(' ');

describe('withoutDirectives', () => {
  it('keeps both halves where each is a whole statement', () => {
    expect(words(c('#if A\nint a;\n#else\nint b;\n#endif\n'))).toBe('int a; int b;');
  });

  it('keeps the first half of what is one statement only together', () => {
    expect(words(c('#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{ return 1; }\n'))).toBe(
      'int f(int a) { return 1; }',
    );
    expect(words(c('#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n}\n'))).toBe('if (a) { }');
  });

  it('drops what can never be compiled', () => {
    expect(words(c('#if 0\nint a;\n#endif\nint b;'))).toBe('int b;');
    const guarded = '#ifdef __cplusplus\nextern "C" {\n#endif\nint a;\n#ifdef __cplusplus\n}\n#endif\n';
    expect(words(c(guarded))).toBe('int a;');
    expect(words(cpp(guarded))).toBe('extern "C" { int a; }');
  });

  it('reads nested conditions and continued lines', () => {
    expect(words(c('#if A\n#if B \\\n  && C\nint a;\n#endif\n#else\nint b;\n#endif\n'))).toBe('int a; int b;');
  });

  it('takes no directive out of comments and strings', () => {
    const text = '/*\n#if 0\n*/\nchar *a = "\\\n#if 0\\\n";\n';
    expect(c(text)).toBe(text);
  });

  it.each([
    ['class EXPORT Pool {', 'class Pool {'],
    ['class EXPORT(1) Pool final : public Base {', 'class Pool final : public Base {'],
    ['API int run(void);', 'int run(void);'],
    ['LIB_API const char *name(void);', 'const char *name(void);'],
    ['static LIB_INLINE int run(void);', 'static int run(void);'],
    ['LIB_CONSTEXPR Pool(int size);', 'Pool(int size);'],
    ['BEGIN_NAMESPACE\nint a;', 'int a;'],
    ['DECLARE_TYPE(Pool)\nint a;', 'int a;'],
  ])('blanks the macro of %s', (text, expected) => {
    expect(words(cpp(text))).toBe(expected);
  });

  it.each([
    'UINT run(void);',
    'BOOL\nrun(int a)\n{\n}',
    'enum a {\n  RED\n};',
    'struct POOL make(void);',
    'TEST(Pool, Runs) {}',
  ])('leaves %s as it is', (text) => {
    expect(cpp(text)).toBe(text);
  });

  it('keeps length and lines of any text', () => {
    const part = fc.constantFrom(
      '#if A\n',
      '#else\n',
      '#endif\n',
      '#if 0\n',
      '{',
      '}',
      '(',
      ')',
      ';',
      '"',
      "'",
      '/*',
      '*/',
      '//',
      '\\\n',
      'API int f(',
      'MACRO\n',
      'R"x(',
      ')x"',
      'é',
      '\r\n',
      'class X Y {',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const result = cpp(text);
        expect(result).toHaveLength(text.length);
        expect(result.replace(/[^\r\n]/gu, '')).toBe(text.replace(/[^\r\n]/gu, ''));
      }),
    );
  });

  it('takes linear time', () => {
    for (const part of ['#if A\n', 'AAA a ', '/**/', 'A(', 'class A ', '((', "'"]) {
      const text = part.repeat(50_000);
      expect(cpp(text)).toHaveLength(text.length);
    }
  });
});
