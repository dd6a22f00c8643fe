import type { PathRole } from '../graph/path-role.ts';

const ASKING_WORDS: readonly (readonly [PathRole, ReadonlySet<string>])[] = [
  [
    'test',
    new Set(
      'test tests testing tested spec specs fixture fixtures mock mocks teste testes testado prueba pruebas testa'.split(
        ' ',
      ),
    ),
  ],
  ['vendored', new Set('vendor vendored vendors'.split(' '))],
  ['generated', new Set('generated gerado gerados generado generados'.split(' '))],
  [
    'example',
    new Set(
      'example examples sample samples demo demos docs tutorial benchmark benchmarks exemplo exemplos ejemplo ejemplos'.split(
        ' ',
      ),
    ),
  ],
  ['declaration', new Set('declaration declarations typings stub stubs'.split(' '))],
];

/** Written without blanks between words, so they are looked for inside the text. */
const ASKING_SUBSTRINGS: readonly (readonly [PathRole, readonly string[]])[] = [
  ['test', ['测试', '測試', 'テスト', '테스트', 'тест']],
  ['example', ['示例', '例子', 'サンプル', '예제', 'пример']],
];

/**
 * Tells the roles a question asks for, so that they are not held against a file.
 *
 * @param words - Folded words of the question, stop words included.
 * @param text - The question, folded.
 */
export function rolesAskedFor(words: Iterable<string>, text: string): ReadonlySet<PathRole> {
  const asked = new Set<PathRole>();
  for (const word of words) for (const [role, names] of ASKING_WORDS) if (names.has(word)) asked.add(role);
  for (const [role, names] of ASKING_SUBSTRINGS) if (names.some((name) => text.includes(name))) asked.add(role);
  return asked;
}
