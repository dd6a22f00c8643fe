import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalType, headOfType } from '../../../../src/parsing/languages/rust/types.ts';

describe('canonicalType', () => {
  it.each([
    ['Pool', 'Pool'],
    ["&'a mut db::Pool<'a, T>", 'db.Pool'],
    ['-> crate::Result<Job, Error>', 'Job[]'],
    [': Store + Send + Sync', 'Store'],
    [": Read + Seek + 'static", 'Read & Seek'],
    ['Option<Box<dyn io::Read + Send>>', 'io.Read[]'],
    ['Arc<Mutex<HashMap<String, Vec<Job>>>>', 'Job[][][]'],
    ['[Job; 4]', 'Job[]'],
    ['&[Job]', 'Job[]'],
    ['impl Iterator<Item = Job> + use<>', 'Job[]'],
    ['Result<()>', '[]'],
    ['Result', ''],
    ['&(dyn Store + Send)', 'Store'],
    ['(pub Job, pub(crate) usize)', 'tuple<Job, usize>'],
    ['(Job)', 'tuple<Job>'],
    ['fn(Job) -> Pool', ''],
    ['unsafe extern "C" fn()', ''],
    ['HashMap<String, Job, RandomState>', 'Job[]'],
    ["Cow<'a, Job>", 'Job'],
    ['Self', 'Self'],
  ])('of %s is %s', (written, expected) => {
    expect(canonicalType(written)).toBe(expected);
  });

  it('comes back from anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."<>()[]&:;,+ =-'TaVecOption".split('')) }), (text) => {
        expect(typeof canonicalType(text)).toBe('string');
      }),
    );
  });
});

describe('headOfType', () => {
  it.each([
    ['&mut db::Pool<T>', 'Pool'],
    ['Vec<Job>', 'Vec'],
    ['dyn Store', 'Store'],
  ])('of %s is %s', (written, expected) => {
    expect(headOfType(written)).toBe(expected);
  });
});
