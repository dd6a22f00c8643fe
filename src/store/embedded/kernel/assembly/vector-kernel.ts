// Exact scan of int8 vectors for the largest cosine. AssemblyScript: compiled by scripts/build-kernel.ts, not by tsc.
//
// The caller lays out the memory. A row is `stride` bytes, a multiple of 16. The query is int16 of the same length, its
// largest value chosen so that no sum leaves 32 bits. `inverses` holds 1/|row| as float32; a negative one marks a row
// that is not in use. The heap has `k` entries of { f32 score, u32 id }, the worst at its root; `id` is `firstId` + row.
// Of equal scores the lower id is better.

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function dot(row: usize, query: usize, stride: usize): i32 {
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  for (let offset: usize = 0; offset < stride; offset += 16) {
    const values = v128.load(row + offset);
    low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(values), v128.load(query + offset * 2)));
    high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(values), v128.load(query + offset * 2, 16)));
  }
  low = i32x4.add(low, high);
  return (
    i32x4.extract_lane(low, 0) + i32x4.extract_lane(low, 1) + i32x4.extract_lane(low, 2) + i32x4.extract_lane(low, 3)
  );
}

// @ts-ignore
@inline
function isWorse(entry: usize, score: f32, id: u32): bool {
  const other = load<f32>(entry);
  return other < score || (other == score && load<u32>(entry, 4) > id);
}

// @ts-ignore
@inline
function push(heap: usize, k: u32, score: f32, id: u32): void {
  if (!isWorse(heap, score, id)) return;
  let place: u32 = 0;
  while (true) {
    let child: u32 = 2 * place + 1;
    if (child >= k) break;
    const left = heap + ((<usize>child) << 3);
    if (child + 1 < k && isWorse(left + 8, load<f32>(left), load<u32>(left, 4))) child++;
    const entry = heap + ((<usize>child) << 3);
    if (!isWorse(entry, score, id)) break;
    store<u64>(heap + ((<usize>place) << 3), load<u64>(entry));
    place = child;
  }
  const entry = heap + ((<usize>place) << 3);
  store<f32>(entry, score);
  store<u32>(entry, id, 4);
}

/** Fills the heap with entries worse than any row. */
export function clearHeap(heap: usize, k: u32): void {
  for (let index: u32 = 0; index < k; index++) {
    store<f32>(heap + ((<usize>index) << 3), -f32.MAX_VALUE);
    store<u32>(heap + ((<usize>index) << 3), u32.MAX_VALUE, 4);
  }
}

/** Writes 1/|row| of every row; 0 for a row of zeros. */
export function computeInverses(rows: usize, inverses: usize, rowCount: u32, stride: usize): void {
  for (let row: u32 = 0; row < rowCount; row++) {
    const at = rows + <usize>row * stride;
    let sums = i32x4.splat(0);
    for (let offset: usize = 0; offset < stride; offset += 16) {
      const values = v128.load(at + offset);
      const low = i16x8.extend_low_i8x16_s(values);
      const high = i16x8.extend_high_i8x16_s(values);
      sums = i32x4.add(sums, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
    }
    const sum =
      i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    store<f32>(inverses + ((<usize>row) << 2), sum == 0 ? 0 : <f32>1 / sqrt<f32>(<f32>sum));
  }
}

// @ts-ignore
@inline
function score(rows: usize, inverses: usize, row: u32, stride: usize, query: usize, heap: usize, k: u32, firstId: u32): void {
  const inverse = load<f32>(inverses + ((<usize>row) << 2));
  if (inverse < 0) return;
  push(heap, k, <f32>dot(rows + <usize>row * stride, query, stride) * inverse, firstId + row);
}

/** Offers every row in use to the heap. */
export function scan(
  rows: usize, inverses: usize, rowCount: u32, stride: usize, query: usize, heap: usize, k: u32, firstId: u32,
): void {
  for (let row: u32 = 0; row < rowCount; row++) score(rows, inverses, row, stride, query, heap, k, firstId);
}

/** As `scan`, only rows whose bit is set; the bitmap is padded to 8 bytes. */
export function scanFiltered(
  rows: usize, inverses: usize, rowCount: u32, stride: usize, query: usize, heap: usize, k: u32, firstId: u32,
  bitmap: usize,
): void {
  for (let first: u32 = 0; first < rowCount; first += 64) {
    let bits = load<u64>(bitmap + (<usize>first >> 3));
    while (bits != 0) {
      const row = first + <u32>ctz(bits);
      bits &= bits - 1;
      if (row < rowCount) score(rows, inverses, row, stride, query, heap, k, firstId);
    }
  }
}
