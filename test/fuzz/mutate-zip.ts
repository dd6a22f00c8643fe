import { writeZip, type ZipOptions, type ZipRecord } from '../fixtures/checkpoint/zip-writer.ts';
import { edgeBytes, mutateBytes } from './mutate-bytes.ts';
import { mutatePickle, splitPickle, type InstructionList } from './mutate-pickle.ts';
import type { Random } from './random.ts';

/** A sound archive of `torch.save`, taken apart. */
export interface TorchArchiveParts {
  readonly records: ReadonlyArray<{ readonly name: string; readonly data: Uint8Array }>;
  readonly pickle: InstructionList;
}

const CENTRAL_SIGNATURE = 0x02014b50;
const END_BYTES = 22;

/** Takes a sound archive apart; it has no comment. */
export function splitTorchZip(bytes: Uint8Array): TorchArchiveParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Array<{ name: string; data: Uint8Array }> = [];
  let at = view.getUint32(bytes.length - END_BYTES + 16, true);
  while (view.getUint32(at, true) === CENTRAL_SIGNATURE) {
    const nameBytes = view.getUint16(at + 28, true);
    const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameBytes)).toString('utf8');
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    records.push({ name, data: bytes.subarray(start, start + view.getUint32(at + 20, true)) });
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  const pickle = records.find(({ name }) => name.endsWith('/data.pkl'));
  if (pickle === undefined) throw new Error('a seed has no data.pkl');
  return { records, pickle: splitPickle(pickle.data) };
}

function edge(random: Random): number {
  const bytes = new Uint8Array(8);
  bytes.set(edgeBytes(random, 4));
  return new DataView(bytes.buffer).getUint32(0, true);
}

/** A record whose header says something else than its data. */
function withOddHeader(record: ZipRecord, random: Random): ZipRecord {
  return random.pick<() => ZipRecord>([
    () => ({ ...record, crc: edge(random) }),
    () => ({ ...record, method: random.pick([8, 1, 0xffff]) }),
    () => ({ ...record, flags: random.below(0x1_0000) }),
    () => ({ ...record, sizeBytes: random.chance(0.5) ? edge(random) : record.data.length + random.pick([-1, 1, 8]) }),
    () => ({ ...record, localOffset: random.chance(0.5) ? edge(random) : random.below(1000) }),
    () => ({ ...record, zip64: true }),
    () => ({ ...record, name: random.bytes(random.below(20)) }),
    () => ({
      ...record,
      name: random.pick(['a/data/0', 'a/byteorder', 'a/constants.pkl', 'a/code/x', '', '/', '../x', 'a/.data/x']),
    }),
  ])();
}

function oddOptions(random: Random): ZipOptions {
  return random.pick<() => ZipOptions>([
    () => ({ comment: 'x'.repeat(random.below(300)) }),
    () => ({ entryCount: random.below(0x1_0000) }),
    () => ({ zip64End: {}, keepClassicEnd: random.chance(0.5) }),
    () => ({ zip64End: { entryCount: edge(random) } }),
    () => ({ zip64End: { byteOffset: BigInt(edge(random)) } }),
  ])();
}

function mutateRecords(records: ZipRecord[], random: Random): void {
  const at = random.below(records.length);
  const record = records[at];
  if (record === undefined) return;
  switch (random.below(5)) {
    case 0:
      records.splice(at, 1);
      return;
    case 1:
      records.splice(random.below(records.length), 0, record);
      return;
    case 2:
      records[at] = { ...record, data: mutateBytes(Buffer.from(record.data), random, Buffer.from(record.name)) };
      return;
    case 3:
      records.push({
        name: random.pick(['archive/byteorder', 'archive/data/9']),
        data: random.pick(['big', 'little', '']),
      });
      return;
    default:
      records[at] = withOddHeader(record, random);
  }
}

/** An archive with changes to its pickle, its records and its headers; checksums are right unless they are the change. */
export function mutateTorchZip({ records, pickle }: TorchArchiveParts, random: Random): Uint8Array {
  const changed: ZipRecord[] = records.map((record) =>
    record.name.endsWith('/data.pkl') && random.chance(0.7)
      ? { ...record, data: mutatePickle(pickle, random) }
      : record,
  );
  if (random.chance(0.3)) mutateRecords(changed, random);
  const archive = writeZip(changed, random.chance(0.1) ? oddOptions(random) : {});
  return random.chance(0.1) ? mutateBytes(archive, random, archive) : archive;
}
