import type { Random } from './random.ts';

/** Values that are the edge of something, as unsigned 64-bit integers. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];

/** How near the ends most damage is done: that is where files have their structure. */
const NEAR_END = 512;

/** An edge value as 1, 2, 4 or 8 bytes, little- or big-endian. */
export function edgeBytes(random: Random, width: number = random.pick([1, 2, 4, 8])): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, random.pick(EDGES), true);
  const cut = bytes.slice(0, width);
  return random.chance(0.1) ? cut.reverse() : cut;
}

function position(length: number, random: Random): number {
  const near = Math.min(length, NEAR_END);
  if (random.chance(0.35)) return random.below(near);
  return random.chance(0.5) ? length - 1 - random.below(near) : random.below(length);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function overwrite(bytes: Uint8Array, replacement: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(replacement.subarray(0, Math.max(0, bytes.length - at)), at);
  return changed;
}

/** One change; `other` is a second file to splice in. */
function mutateOnce(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const at = Math.max(0, position(bytes.length, random));
  const length = 1 + random.below(random.chance(0.5) ? 8 : 200);
  switch (random.below(9)) {
    case 0: // Flips a bit.
      return overwrite(bytes, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))), at);
    case 1:
      return overwrite(bytes, edgeBytes(random), at);
    case 2:
      return overwrite(bytes, random.bytes(1 + random.below(8)), at);
    case 3: // Truncates.
      return bytes.subarray(0, at);
    case 4: // Removes a range.
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 5: // Doubles a range.
      return join(bytes.subarray(0, at + length), bytes.subarray(at));
    case 6: // Inserts.
      return join(bytes.subarray(0, at), random.bytes(length), bytes.subarray(at));
    case 7: // Copies a range over another.
      return overwrite(bytes, bytes.slice(at, at + length), Math.max(0, position(bytes.length, random)));
    default: // Splices two files.
      return join(bytes.subarray(0, at), other.subarray(Math.max(0, position(other.length, random))));
  }
}

/** Some changes that know nothing of the format. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let changed = bytes;
  const count = 1 + random.below(random.chance(0.8) ? 3 : 12);
  for (let done = 0; done < count; done += 1) changed = mutateOnce(changed, random, other);
  return changed;
}
