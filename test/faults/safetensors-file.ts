import { readFileSync, writeFileSync } from 'node:fs';

/** A tensor of a safetensors file. */
export interface SafetensorsEntry {
  dtype: string;
  shape: number[];
  data: Buffer;
}

/** Reads a safetensors file whole: the fixtures are small. */
export function readSafetensors(path: string): Map<string, SafetensorsEntry> {
  const bytes = readFileSync(path);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [start, end] = entry.data_offsets.map((offset) => 8 + headerBytes + offset);
    entries.set(name, { dtype: entry.dtype, shape: entry.shape, data: bytes.subarray(start, end) });
  }
  return entries;
}

/** Writes tensors as a safetensors file. */
export function writeSafetensors(path: string, entries: ReadonlyMap<string, SafetensorsEntry>): void {
  let offset = 0;
  const header = Object.fromEntries(
    [...entries].map(([name, { dtype, shape, data }]) => {
      const start = offset;
      offset += data.length;
      return [name, { dtype, shape, data_offsets: [start, offset] }] as const;
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, ...[...entries.values()].map(({ data }) => data)]));
}
