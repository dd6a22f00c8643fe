import { describe, expect, it } from 'vitest';
import { writeFully } from '../../../../src/model/onnx/write-model.ts';

describe('writeFully', () => {
  it('goes on after a write that took a part only', async () => {
    const written = new Uint8Array(10);
    const file = {
      async write(bytes: Uint8Array, offset: number, length: number, position: number) {
        const bytesWritten = Math.min(3, length);
        written.set(bytes.subarray(offset, offset + bytesWritten), position);
        return { bytesWritten, buffer: bytes };
      },
    };
    await writeFully(file as unknown as Parameters<typeof writeFully>[0], Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 2);
    expect(Array.from(written)).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 0]);
  });
});
