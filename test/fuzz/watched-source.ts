import { MemoryByteSource } from '../../src/kernel/byte-source.ts';

/** Notices who allocates more than the file holds: every buffer that is filled has its size seen here. */
export class WatchedSource extends MemoryByteSource {
  override async read(target: Uint8Array, position: number): Promise<void> {
    if (target.byteLength > this.sizeBytes)
      throw new Error(`${target.byteLength} bytes allocated for a file of ${this.sizeBytes}`);
    await super.read(target, position);
  }
}
