import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { toStoreError } from '../../../../src/store/embedded/sqlite-error.ts';
import { StoreError } from '../../../../src/store/store-error.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

/** What `node:sqlite` throws for a result code that is hard to bring about. */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode, errstr: 'x' });
}

describe('toStoreError', () => {
  it('says when the disk is full', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 10');
    const thrown = thrownBy(() => database.exec('INSERT INTO t VALUES (zeroblob(1000000))'));
    expect(toStoreError(thrown, 'index.db')).toMatchObject({
      code: 'STORE_FULL',
      message: 'The index index.db cannot grow: the disk is full (SQLite: database or disk is full)',
      hint: 'Free some disk space and run the command again.',
      details: { path: 'index.db', sqliteCode: 13 },
      cause: thrown,
    });
  });

  it('takes a statement that fits no table for damage, and a contradiction for a bug', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)');
    const missing = thrownBy(() => database.prepare('SELECT * FROM other'));
    expect(toStoreError(missing, 'i')).toMatchObject({ code: 'STORE_DAMAGED' });
    const twice = thrownBy(() => database.exec('INSERT INTO t VALUES (1)'));
    expect(toStoreError(twice, 'i')).toMatchObject({ code: 'STORE_CONFLICT' });
  });

  it.each([
    [5, 'STORE_LOCKED'],
    [6, 'STORE_LOCKED'],
    [5 | (2 << 8), 'STORE_LOCKED'],
    [8, 'STORE_READ_ONLY'],
    [8 | (6 << 8), 'STORE_READ_ONLY'],
    [10, 'STORE_UNREADABLE'],
    [10 | (2 << 8), 'STORE_DAMAGED'],
    [10 | (3 << 8), 'STORE_UNREADABLE'],
    [11, 'STORE_DAMAGED'],
    [14, 'STORE_UNREADABLE'],
    [26, 'STORE_DAMAGED'],
    [7, 'STORE_FAILED'],
    [999, 'STORE_FAILED'],
  ])('knows result code %i as %s', (errcode, code) => {
    const error = toStoreError(sqliteError(errcode), 'index.db');
    if (!(error instanceof StoreError)) throw new Error('no StoreError');
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
  });

  it('leaves other errors alone', () => {
    for (const other of [new TypeError('x'), 'text', undefined, new StoreError('x', { code: 'STORE_CLOSED' })]) {
      expect(toStoreError(other, 'i')).toBe(other);
    }
  });
});
