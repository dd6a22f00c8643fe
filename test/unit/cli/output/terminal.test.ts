import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, Terminal, truncateLine } from '../../../../src/cli/output/terminal.ts';
import { RecordedStream } from '../recorded-stream.ts';

describe('Terminal', () => {
  it.each([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('colours on %s: %s %j', (_name, isTTY, environment, coloured) => {
    const styled = new Terminal(new RecordedStream({ isTTY }), environment).style('red', 'text');
    expect(styled).toBe(coloured ? '\u001B[31mtext\u001B[39m' : 'text');
  });

  it.each([
    [undefined, 160],
    [60, 60],
    [10, 40],
    [500, 160],
  ])('lays out %s columns as %i', (columns, width) => {
    const stream = new RecordedStream(columns === undefined ? { isTTY: true } : { isTTY: true, columns });
    expect(new Terminal(stream, {}).width).toBe(width);
  });
});

describe('printable', () => {
  it.each([
    ['\u001B[31mred\u001B[0m', 'red'],
    ['\u001B]0;a title\u0007text', 'text'],
    ['\u009B31mred', 'red'],
    ['bell\u0007, back\u0008, carriage\rreturn', 'bell, back, carriagereturn'],
    ['two\nlines', String.raw`two\nlines`],
    ['two\r\nlines', String.raw`two\nlines`],
    ['user\u202E // nimda', 'user // nimda'],
    ['a\u2066b\u2069', 'ab'],
    ['tab\tstays', 'tab\tstays'],
    ['conexão 数据库 🚀', 'conexão 数据库 🚀'],
  ])('makes %j safe', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves no control character of any text', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\u001B', '[', '0', 'm', ']', '\u0007', '\n', '\u009B', '\u202E'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters must be gone
        expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('truncateLine', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['a longer line', 8, 'a longe…'],
    ['a\tb', 10, 'a  b'],
    ['12🚀45', 4, '12…'],
  ])('cuts %j to %i columns', (text, width, expected) => {
    expect(truncateLine(text, width)).toBe(expected);
  });
});
