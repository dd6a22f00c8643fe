import { describe, expect, it } from 'vitest';
import { lastName, namesMatch } from '../../../../src/store/embedded/name-tail.ts';

describe('names with receivers', () => {
  it.each([
    ['acquire', 'acquire'],
    ['a.b.acquire', 'acquire'],
    ['Pool::acquire', 'acquire'],
    ['pool->acquire', 'acquire'],
    ['$this->x.y', 'y'],
    ['a.', 'a.'],
    ['', ''],
  ])('the last name of %j is %j', (name, last) => {
    expect(lastName(name)).toBe(last);
  });

  it('matches at separators only', () => {
    for (const query of ['acquire', 'Pool.acquire', 'db.Pool.acquire'])
      expect(namesMatch('db.Pool.acquire', query)).toBe(true);
    for (const query of ['quire', 'ool.acquire', 'Pool', 'x.db.Pool.acquire', '', 'ACQUIRE']) {
      expect(namesMatch('db.Pool.acquire', query)).toBe(false);
    }
    expect(namesMatch('db.Pool.acquire', 'POOL.Acquire', true)).toBe(true);
  });
});
