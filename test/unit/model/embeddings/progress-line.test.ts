import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../../../src/model/embeddings/progress-line.ts';

/** A line on a stream whose clock is set by hand. */
function start(stream: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  let now = 0;
  const line = new ProgressLine({ ...stream, write: (text: string) => written.push(text) }, () => now);
  const show = (ms: number, textsDone: number): void => {
    now = ms;
    const bytesDone = textsDone * 100;
    line.show({ textsDone, textsTotal: 10, tokensDone: textsDone * 2_000, bytesDone, bytesTotal: 1_000 });
  };
  return { line, written, show };
}

describe('ProgressLine', () => {
  it('draws one line again and again on a terminal', () => {
    const { line, written, show } = start({ isTTY: true, columns: 120 });
    show(50, 1); // Too soon.
    show(4_000, 2);
    show(4_050, 3); // Too soon again.
    show(8_000, 10);
    line.finish();
    expect(written).toEqual([
      '\r\u001B[2Kencoding  20 % ████░░░░░░░░░░░░░░░░ 2/10 texts, 1,000 tokens/s, 00:16 left',
      '\r\u001B[2Kencoding 100 % ████████████████████ 10/10 texts, 2,500 tokens/s in 00:08',
      '\n',
    ]);
  });

  it('never fills the width of a terminal, for then the line would wrap', () => {
    const { written, show } = start({ isTTY: true, columns: 30 });
    show(4_000, 2);
    expect(written[0]).toHaveLength('\r\u001B[2K'.length + 29);
    const unknown = start({ isTTY: true, columns: 0 });
    unknown.show(4_000, 2);
    expect(unknown.written[0]).toContain('2/10 texts');
  });

  it('ends the line of work that was given up', () => {
    const { line, written, show } = start({ isTTY: true });
    show(4_000, 2);
    line.finish();
    line.finish();
    expect(written.slice(1)).toEqual(['\n']);
  });

  it('writes a line now and then where nothing can be drawn again', () => {
    const { line, written, show } = start({});
    for (let second = 1; second <= 25; second++) show(second * 1_000, 1);
    show(3_723_000, 10);
    line.finish();
    expect(written).toHaveLength(3);
    expect(written[0]).toBe('encoding  10 % ██░░░░░░░░░░░░░░░░░░ 1/10 texts, 200 tokens/s, 01:30 left\n');
    expect(written[2]).toMatch(/^encoding 100 % .* in 1:02:03\n$/);
  });

  it('knows the share of texts that are empty', () => {
    const written: string[] = [];
    const line = new ProgressLine({ write: (text: string) => written.push(text) }, () => 0);
    line.show({ textsDone: 2, textsTotal: 2, tokensDone: 4, bytesDone: 0, bytesTotal: 0 });
    expect(written).toEqual(['encoding 100 % ████████████████████ 2/2 texts in 00:00\n']);
  });

  it('estimates the time by bytes: the longest texts come first', () => {
    const written: string[] = [];
    let now = 0;
    const line = new ProgressLine({ isTTY: true, write: (text: string) => written.push(text) }, () => now);
    now = 6_000;
    line.show({ textsDone: 1, textsTotal: 1_000, tokensDone: 600, bytesDone: 750, bytesTotal: 1_000 });
    expect(written[0]).toContain('encoding  75 % ███████████████░░░░░ 1/1000 texts, 100 tokens/s, 00:02 left');
  });
});
