import { describe, expect, it } from 'vitest';
import { CheckpointFailure } from '../../../src/checkpoint/checkpoint-error.ts';
import { readZipIndex, type ZipEntry } from '../../../src/checkpoint/zip/zip-index.ts';
import { MemoryByteSource } from '../../../src/kernel/byte-source.ts';
import { writeZip, type ZipOptions, type ZipRecord } from '../../fixtures/checkpoint/zip-writer.ts';

function read(records: readonly ZipRecord[], options?: ZipOptions): Promise<ReadonlyMap<string, ZipEntry>> {
  return readZipIndex(new MemoryByteSource(writeZip(records, options)), new CheckpointFailure('test.zip'));
}

const TWO: readonly ZipRecord[] = [
  { name: 'a/data.pkl', data: 'first' },
  { name: 'a/data/0', data: 'second one' },
];

describe('readZipIndex', () => {
  it('finds each record at its place, past the padding only the local header knows', async () => {
    const bytes = writeZip(TWO);
    const index = await readZipIndex(new MemoryByteSource(bytes), new CheckpointFailure('test.zip'));
    expect([...index.keys()]).toEqual(['a/data.pkl', 'a/data/0']);
    const contents = [...index.values()].map(({ byteOffset, byteLength }) =>
      Buffer.from(bytes).toString('latin1', byteOffset, byteOffset + byteLength),
    );
    expect(contents).toEqual(['first', 'second one']);
  });

  it('reads zip64 end records, zip64 entries and archives with a comment', async () => {
    const records = TWO.map((record) => ({ ...record, zip64: true }));
    const plain = await read(TWO);
    expect([...(await read(records, { zip64End: {} })).values()]).toEqual([...plain.values()]);
    expect((await read(TWO, { zip64End: {}, keepClassicEnd: true })).size).toBe(2);
    expect((await read(TWO, { comment: 'written by hand' })).size).toBe(2);
  });

  it('takes a checksum of 0 for one that was not recorded, unless there is no data', async () => {
    const index = await read([
      { name: 'a', data: 'data', crc: 0 },
      { name: 'b', data: '' },
      { name: 'c', data: 'data' },
    ]);
    expect([...index.values()].map(({ crc32 }) => crc32)).toEqual([null, 0, 0xadf3f363]);
  });

  it('notes what it cannot read at its place', async () => {
    const index = await read([
      { name: 'a', data: 'data', method: 8 },
      { name: 'b', data: 'data', flags: 1 },
    ]);
    expect([...index.values()].map(({ method, isEncrypted }) => ({ method, isEncrypted }))).toEqual([
      { method: 8, isEncrypted: false },
      { method: 0, isEncrypted: true },
    ]);
  });

  it.each<[string, readonly ZipRecord[], ZipOptions, string, string]>([
    [
      'two records of one name',
      [...TWO, { name: 'a/data.pkl', data: '' }],
      {},
      'CHECKPOINT_MALFORMED',
      'two records are called a/data.pkl',
    ],
    [
      'records that overlap',
      [...TWO, { name: 'b', data: '', sizeBytes: 5, localOffset: 0 }],
      {},
      'CHECKPOINT_MALFORMED',
      'overlaps the one before it',
    ],
    ['a name that is not UTF-8', [{ name: Uint8Array.of(0xff), data: '' }], {}, 'CHECKPOINT_MALFORMED', 'not UTF-8'],
    [
      'a name of 2,000 bytes',
      [{ name: 'x'.repeat(2000), data: '' }],
      {},
      'CHECKPOINT_LIMIT_EXCEEDED',
      'a name of 2000 bytes, more than the limit of 1024',
    ],
    ['another count of entries', TWO, { entryCount: 1 }, 'CHECKPOINT_MALFORMED', 'has 2 entries and announces 1'],
    [
      'far too many entries',
      TWO,
      { zip64End: { entryCount: 2_000_000 } },
      'CHECKPOINT_LIMIT_EXCEEDED',
      'has 2000000 entries, more than the limit of 50000',
    ],
    [
      'two end records that disagree',
      TWO,
      { zip64End: { entryCount: 3 }, keepClassicEnd: true },
      'CHECKPOINT_MALFORMED',
      'the zip end record and the zip64 end record disagree',
    ],
    [
      'a directory past the end',
      TWO,
      { zip64End: { byteOffset: 2n ** 63n } },
      'CHECKPOINT_MALFORMED',
      'reaches past the end record',
    ],
    [
      'a record past the end',
      [{ name: 'a', data: '', sizeBytes: 2 ** 31 }],
      {},
      'CHECKPOINT_MALFORMED',
      'record a of 2147483648 bytes reaches past',
    ],
    [
      'a zip64 record of 2^60 bytes',
      [{ name: 'a', data: '', sizeBytes: 2 ** 60, zip64: true }],
      {},
      'CHECKPOINT_MALFORMED',
      'reaches past',
    ],
    [
      'no local header',
      [{ name: 'a', data: 'data', localOffset: 7 }],
      {},
      'CHECKPOINT_MALFORMED',
      'record a has no local zip header at byte 7',
    ],
  ])('refuses %s', async (_, records, options, code, message) => {
    await expect(read(records, options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('says that an archive without its end is cut', async () => {
    const bytes = writeZip(TWO);
    const source = new MemoryByteSource(bytes.subarray(0, bytes.length - 1));
    await expect(readZipIndex(source, new CheckpointFailure('test.zip'))).rejects.toMatchObject({
      code: 'CHECKPOINT_TRUNCATED',
    });
  });
});
