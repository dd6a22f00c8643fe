import { describe, expect, it } from 'vitest';
import { EncodeProgressView } from '../../../../src/cli/output/encode-progress.ts';
import { Terminal } from '../../../../src/cli/output/terminal.ts';
import { RecordedStream } from '../recorded-stream.ts';

describe('EncodeProgressView', () => {
  it('adds up the batches on one line of a terminal', () => {
    const stream = new RecordedStream({ isTTY: true, columns: 80 });
    let now = 0;
    const view = new EncodeProgressView(new Terminal(stream, {}), () => now);
    const show = (ms: number, textsDone: number): void => {
      now = ms;
      view.show({ textsDone, textsTotal: 256, tokensDone: textsDone * 10 });
    };
    show(1_000, 100);
    show(1_050, 256);
    show(2_000, 44);
    view.finish();
    expect(stream.text.split('\r\u001B[2K')).toEqual([
      '',
      'encoded 100 texts, 1,000 tokens/s',
      'encoded 300 texts, 1,500 tokens/s',
      '',
    ]);
  });

  it('says nothing elsewhere', () => {
    const stream = new RecordedStream();
    const view = new EncodeProgressView(new Terminal(stream, {}));
    view.show({ textsDone: 1, textsTotal: 1, tokensDone: 3 });
    view.finish();
    new EncodeProgressView(null).show({ textsDone: 1, textsTotal: 1, tokensDone: 3 });
    expect(stream.text).toBe('');
  });
});
