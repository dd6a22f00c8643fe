import { describe, expect, it } from 'vitest';
import { parseArguments, type OptionSpec } from '../../../src/cli/arguments.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'limit', short: 'n', value: 'N', help: 'most hits' },
  { name: 'mode', value: 'M', help: 'how' },
  { name: 'kind', value: 'K', help: 'what', multiple: true },
  { name: 'full', help: 'all of it' },
];
const parse = (...words: string[]): ReturnType<typeof parseArguments> => parseArguments(words, OPTIONS);
const MODES = ['hybrid', 'semantic', 'keyword'] as const;

describe('parseArguments', () => {
  it('tells operands from options, in any order', () => {
    const args = parse('a question', '--limit', '3', '--full', '-v', '--path=some folder');
    expect(args.positionals).toEqual(['a question']);
    expect(args.integer('limit', 10, 1, 100)).toBe(3);
    expect(args.flag('full')).toBe(true);
    expect(args.flag('json')).toBe(false);
    expect(args.flag('verbose')).toBe(true);
    expect(args.text('path')).toBe('some folder');
  });

  it('takes what follows -- as it is', () => {
    expect(parse('--', '--limit').positionals).toEqual(['--limit']);
  });

  it('takes - as an operand', () => {
    expect(parse('-').positionals).toEqual(['-']);
  });

  it.each([[['--nope']], [['--limit']], [['--full=yes']], [['-x']]])('refuses %j', (words) => {
    expect(() => parse(...words)).toThrow(
      expect.objectContaining({ code: 'USAGE_UNKNOWN_OPTION', hint: expect.stringContaining('--help') }),
    );
  });

  it('says which option is unknown, without advice about the parser', () => {
    expect(() => parse('--nope')).toThrow(/^Unknown option '--nope'$/);
  });
});

describe('Arguments', () => {
  it.each(['0', '101', '-1', '1.5', '1e1', '', ' 3', '０'])('refuses "%s" as a number from 1 to 100', (text) => {
    expect(() => parse(`--limit=${text}`).integer('limit', 10, 1, 100)).toThrow(
      expect.objectContaining({
        code: 'USAGE_BAD_VALUE',
        message: `--limit takes a whole number from 1 to 100, not "${text}"`,
        hint: 'Write for example: --limit 10',
      }),
    );
  });

  it('uses what stands in for an option that is not given', () => {
    expect(parse().integer('limit', 10, 1, 100)).toBe(10);
    expect(parse().choice('mode', MODES, 'hybrid')).toBe('hybrid');
    expect(parse().choices('kind', MODES)).toEqual([]);
    expect(parse().text('mode')).toBeUndefined();
  });

  it('takes the last of an option that is given twice', () => {
    expect(parse('-n', '3', '--limit', '5').integer('limit', 10, 1, 100)).toBe(5);
  });

  it('reads lists from repeated options and commas', () => {
    expect(parse('--kind', 'hybrid, keyword', '--kind=semantic').choices('kind', MODES)).toEqual([
      'hybrid',
      'keyword',
      'semantic',
    ]);
  });

  it('names the choices, and the closest one', () => {
    expect(() => parse('--mode', 'semantc').choice('mode', MODES, 'hybrid')).toThrow(
      expect.objectContaining({
        code: 'USAGE_BAD_VALUE',
        message: '--mode is one of hybrid, semantic, keyword, not "semantc"',
        hint: 'Did you mean "semantic"?',
      }),
    );
  });
});
