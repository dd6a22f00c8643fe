import { describe, expect, it } from 'vitest';
import { IndexProgressView } from '../../../../src/cli/output/index-progress.ts';
import { Terminal } from '../../../../src/cli/output/terminal.ts';
import { RecordedStream } from '../recorded-stream.ts';

const parsing = (filesDone: number) => ({ stage: 'parse', filesDone, filesTotal: 9, bytesDone: filesDone }) as const;

describe('IndexProgressView', () => {
  it('writes a line every ten seconds where nobody watches', () => {
    const stream = new RecordedStream();
    let now = 0;
    const view = new IndexProgressView(new Terminal(stream, {}), () => now);
    view.show({ stage: 'discover', state: 'started', files: 0, skipped: 0 });
    view.show({ stage: 'discover', state: 'done', files: 9, skipped: 1 });
    view.show(parsing(1));
    now = 9_999;
    view.show(parsing(2));
    now = 10_000;
    view.show(parsing(3));
    now = 10_001;
    view.show(parsing(9));
    view.finish();
    expect(stream.text).toBe('found 9 files to index\nparsing 3 of 9 files\nparsing 9 of 9 files\n');
  });

  it('tells how far a download is, and always which model was chosen and why', () => {
    const stream = new RecordedStream();
    const view = new IndexProgressView(new Terminal(stream, {}), () => 0);
    const id = 'org/model';
    const download = { stage: 'model', state: 'downloading', id, bytesTotal: 400e6, remainingMs: 9_000 } as const;
    view.show({ ...download, bytesDone: 100e6 });
    view.show({ ...download, bytesDone: 101e6 });
    view.show({ stage: 'model', state: 'chosen', id, source: 'hub', reason: 'it was downloaded\u001B[31m now' });
    const [downloading, ...rest] = stream.text.split('\n');
    expect(downloading).toMatch(/^downloading org\/model: \S+ MB of \S+ MB, 9(?:\.0)? s left$/);
    expect(rest).toEqual([expect.stringMatching(/^model org\/model: it was downloaded.*now$/), '']);
    expect(stream.text).not.toContain('\u001B');
  });

  it('redraws one line ten times a second on a terminal, and clears it at the end', () => {
    const stream = new RecordedStream({ isTTY: true, columns: 40 });
    let now = 0;
    const view = new IndexProgressView(new Terminal(stream, {}), () => now);
    view.show(parsing(1));
    now = 99;
    view.show(parsing(2));
    now = 100;
    view.show({
      stage: 'embed',
      textsDone: 1,
      textsTotal: 3,
      tokensDone: 100,
      tokensPerSecond: 1_234.4,
      remainingMs: 65_000,
    });
    view.finish();
    view.finish();
    expect(stream.text).toBe(
      '\r\u001B[2Kparsing 1 of 9 files' +
        '\r\u001B[2Kencoding 1 of 3 texts (33 %), 1,234 tok' + // cut at the width, so that it stays one line
        '\r\u001B[2K',
    );
  });

  it('keeps the moving line apart from lines written meanwhile', () => {
    const stream = new RecordedStream({ isTTY: true });
    const terminal = new Terminal(stream, {});
    const view = new IndexProgressView(terminal, () => 0);
    view.show(parsing(1));
    terminal.line('warning');
    view.finish();
    expect(stream.text).toBe('\r\u001B[2Kparsing 1 of 9 files\r\u001B[2Kwarning\n');
  });
});
