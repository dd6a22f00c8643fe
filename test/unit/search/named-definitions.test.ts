import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNamedDefinitions } from '../../../src/search/named-definitions.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import type { SearchFilter } from '../../../src/store/index-store.ts';
import { makeSymbol } from './_builders.ts';
import { openShopIndex } from './_shop-index.ts';

let store: EmbeddedStore;
beforeAll(async () => {
  store = await openShopIndex(null);
});
afterAll(() => store.close());

async function find(names: readonly string[], known: readonly string[] = [], filter?: SearchFilter): Promise<string[]> {
  const chunks = await findNamedDefinitions(store, names, new Set(known), filter);
  return chunks.map(({ symbol }) => symbol?.id ?? '').sort();
}

const getUser = 'src/users/get-user-by-id.ts#getUserById';
const saves = [
  'android/SessionStore.java#SessionStore.save',
  'billing/invoices.py#InvoiceBuilder.save',
  'src/orders/order-repository.ts#OrderRepository.save',
];

describe('findNamedDefinitions', () => {
  it('finds the chunks of every definition of the names', async () => {
    expect(await find(['getUserById'])).toEqual([getUser]);
    expect(await find(['save', 'getUserById'])).toEqual([...saves, getUser].sort());
    expect(await find(['OrderRepository.save'])).toEqual([saves[2]]);
    expect(await find(['nothing'])).toEqual([]);
  });

  it('leaves out what is known already', async () => {
    expect(await find(['save'], [saves[0]!, saves[1]!])).toEqual([saves[2]]);
  });

  it('keeps to the filter', async () => {
    expect(await find(['save'], [], { languages: ['python'] })).toEqual([saves[1]]);
    expect(await find(['save'], [], { kinds: ['class'] })).toEqual([]);
    expect(await find(['save'], [], { pathGlob: 'android/**' })).toEqual([]);
  });

  it('says nothing of a name with many definitions', async () => {
    await using crowded = await EmbeddedStore.open(':memory:');
    const upsert = Array.from({ length: 9 }, (_, index) => {
      const path = `src/f${index}.ts`;
      const words = { name: 'run', path, body: 'run' };
      return {
        stamp: { path, language: 'typescript', contentHash: path, sizeBytes: 1, mtimeMs: 0 },
        symbols: [makeSymbol({ name: 'run', path })],
        chunks: [{ definition: 0, startLine: 1, endLine: 10, text: path, contentHash: path, words }],
        facts: new Uint8Array(),
        diagnostics: [],
      };
    });
    await crowded.applyFiles({ upsert, remove: [] });
    expect(await findNamedDefinitions(crowded, ['run'], new Set(), undefined)).toEqual([]);
    await crowded.applyFiles({ upsert: [], remove: ['src/f0.ts'] });
    expect(await findNamedDefinitions(crowded, ['run'], new Set(), undefined)).toHaveLength(8);
  });
});
