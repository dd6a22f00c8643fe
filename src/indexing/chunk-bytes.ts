import type { Chunk } from '../chunking/chunk.ts';

/** Chunks as bytes of a buffer of their own: threads hand them over, where objects would be copied one by one. */
export function packChunks(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(chunks));
}

/** What {@link packChunks} made. */
export function unpackChunks(bytes: Uint8Array): Chunk[] {
  // The border to another thread of this program, which wrote them.
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Chunk[];
}
