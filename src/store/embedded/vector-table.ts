import type { QuantizedVector } from '../dump-index.ts';
import { REBUILD_HINT, StoreError } from '../store-error.ts';
import type { Connection } from './connection.ts';
import { quantizeInto } from './quantization.ts';
import { SEGMENT_ROWS } from './schema.ts';

/** Rows are padded to whole registers of the kernel. */
const ROW_ALIGNMENT = 16;

/** Bytes of a stored row. */
export function rowStride(dimensions: number): number {
  return Math.ceil(dimensions / ROW_ALIGNMENT) * ROW_ALIGNMENT;
}

/** One segment's vectors as they are stored; the rows after the last one written are absent. */
export interface SegmentData {
  readonly vectors: Uint8Array;
  readonly scales: Uint8Array;
}

/** The bytes of a segment, or empty ones where it has none. */
export function readSegment(connection: Connection, segmentId: number, dimensions: number): SegmentData {
  const data = connection.get<SegmentData>('SELECT vectors, scales FROM vector_data WHERE segment_id = ?', segmentId);
  if (data === undefined) return { vectors: new Uint8Array(0), scales: new Uint8Array(0) };
  const rows = data.scales.byteLength / Float32Array.BYTES_PER_ELEMENT;
  if (!Number.isInteger(rows) || rows > SEGMENT_ROWS || data.vectors.byteLength !== rows * rowStride(dimensions)) {
    throw new StoreError(
      `Segment ${segmentId} of the index ${connection.path} has ${data.vectors.byteLength} bytes for ${rows} vectors`,
      { code: 'STORE_DAMAGED', hint: REBUILD_HINT, details: { path: connection.path } },
    );
  }
  return data;
}

/** Stores vectors of texts the index knows; others, whose file changed meanwhile, are left out. */
export function putVectors(
  connection: Connection,
  contentHashes: readonly string[],
  vectors: Float32Array,
  dimensions: number,
  revision: number,
): void {
  const changes = new Map<number, Map<number, Float32Array>>();
  for (const [row, hash] of contentHashes.entries()) {
    const slot = slotForHash(connection, hash);
    if (slot === undefined) continue;
    const segmentId = Math.floor(slot / SEGMENT_ROWS);
    const rows = changes.get(segmentId) ?? new Map<number, Float32Array>();
    rows.set(slot % SEGMENT_ROWS, vectors.subarray(row * dimensions, (row + 1) * dimensions));
    changes.set(segmentId, rows);
  }
  for (const [segmentId, rows] of changes) writeRows(connection, segmentId, rows, dimensions, revision);
}

function slotForHash(connection: Connection, hash: string): number | undefined {
  const content = connection.get<{ id: number; slot: number | null }>(
    'SELECT c.id, e.slot FROM content c LEFT JOIN embedding e ON e.content_id = c.id WHERE c.hash = ?',
    hash,
  );
  if (content === undefined) return undefined;
  if (content.slot !== null) return content.slot;
  const slot = takeSlot(connection);
  connection.run('INSERT INTO embedding (content_id, slot) VALUES (?, ?)', content.id, slot);
  connection.run('DELETE FROM pending WHERE content_id = ?', content.id);
  return slot;
}

function takeSlot(connection: Connection): number {
  const free = connection.get<{ slot: number }>('SELECT slot FROM free_slot ORDER BY slot LIMIT 1');
  if (free !== undefined) {
    connection.run('DELETE FROM free_slot WHERE slot = ?', free.slot);
    return free.slot;
  }
  return connection.get<{ slot: number }>('SELECT coalesce(max(slot) + 1, 0) AS slot FROM embedding')?.slot ?? 0;
}

function writeRows(
  connection: Connection,
  segmentId: number,
  rows: ReadonlyMap<number, Float32Array>,
  dimensions: number,
  revision: number,
): void {
  const stride = rowStride(dimensions);
  const old = readSegment(connection, segmentId, dimensions);
  const oldRows = old.vectors.byteLength / stride;
  const rowCount = Math.max(oldRows, ...[...rows.keys()].map((row) => row + 1));
  const vectors = new Int8Array(rowCount * stride);
  vectors.set(old.vectors);
  const scales = new Uint8Array(rowCount * Float32Array.BYTES_PER_ELEMENT);
  scales.set(old.scales);
  const scaleView = new DataView(scales.buffer);
  for (const [row, vector] of rows) {
    const scale = quantizeInto(vector, vectors.subarray(row * stride, (row + 1) * stride));
    scaleView.setFloat32(row * Float32Array.BYTES_PER_ELEMENT, scale, true);
  }
  connection.run(
    `INSERT INTO vector_data (segment_id, scales, vectors) VALUES (?, ?, ?)
     ON CONFLICT (segment_id) DO UPDATE SET scales = excluded.scales, vectors = excluded.vectors`,
    segmentId,
    scales,
    vectors,
  );
  markSegment(connection, segmentId, revision);
}

function markSegment(connection: Connection, segmentId: number, revision: number): void {
  connection.run(
    'INSERT INTO vector_segment (id, revision) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision',
    segmentId,
    revision,
  );
}

/** Deletes those of the texts that no chunk has any more, and frees the slots of their vectors. */
export function removeOrphanContents(connection: Connection, contentIds: Iterable<number>, revision: number): void {
  const segments = new Set<number>();
  for (const id of contentIds) {
    if (connection.get('SELECT 1 FROM chunk WHERE content_id = ? LIMIT 1', id) !== undefined) continue;
    const slot = connection.get<{ slot: number }>('SELECT slot FROM embedding WHERE content_id = ?', id)?.slot;
    connection.run('DELETE FROM content WHERE id = ?', id);
    connection.run('DELETE FROM pending WHERE content_id = ?', id);
    if (slot === undefined) continue;
    connection.run('DELETE FROM embedding WHERE content_id = ?', id);
    connection.run('INSERT INTO free_slot (slot) VALUES (?)', slot);
    segments.add(Math.floor(slot / SEGMENT_ROWS));
  }
  for (const segmentId of segments) markSegment(connection, segmentId, revision);
}

/** Forgets every vector; every text needs a new one. */
export function clearVectors(connection: Connection): void {
  connection.exec('DELETE FROM vector_data; DELETE FROM vector_segment; DELETE FROM embedding; DELETE FROM free_slot');
  connection.exec('DELETE FROM pending; INSERT INTO pending (content_id) SELECT id FROM content');
}

/** The vector of a chunk as it is stored, or undefined where it has none yet. */
export function chunkVector(connection: Connection, chunkId: number, dimensions: number): QuantizedVector | undefined {
  const row = connection.get<{ slot: number }>(
    'SELECT e.slot FROM chunk c JOIN embedding e ON e.content_id = c.content_id WHERE c.id = ?',
    chunkId,
  );
  if (row === undefined) return undefined;
  const { vectors, scales } = readSegment(connection, Math.floor(row.slot / SEGMENT_ROWS), dimensions);
  const index = row.slot % SEGMENT_ROWS;
  if ((index + 1) * rowStride(dimensions) > vectors.byteLength) {
    throw new StoreError(`The index ${connection.path} lacks the vector of chunk ${chunkId}`, {
      code: 'STORE_DAMAGED',
      hint: REBUILD_HINT,
      details: { path: connection.path },
    });
  }
  const values = Int8Array.from(
    new Int8Array(vectors.buffer, vectors.byteOffset + index * rowStride(dimensions), dimensions),
  );
  const scaleView = new DataView(scales.buffer, scales.byteOffset, scales.byteLength);
  return { values, scale: scaleView.getFloat32(index * Float32Array.BYTES_PER_ELEMENT, true) };
}
