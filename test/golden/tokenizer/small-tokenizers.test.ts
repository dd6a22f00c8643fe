import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../src/model/tokenizer/compile-tokenizer.ts';
import { openTokenizer } from '../../../src/model/tokenizer/open-tokenizer.ts';
import type { Tokenizer } from '../../../src/model/tokenizer/tokenizer.ts';
import { tokenizerFixture } from './default-model.ts';

type Definition = Record<string, unknown> & { model: Record<string, unknown> };
interface Goldens {
  readonly ids: readonly (readonly number[])[];
  readonly variants: readonly { readonly changes: Definition; readonly ids: readonly (readonly number[])[] }[];
}
interface SmallTokenizers {
  readonly texts: readonly string[];
  readonly wordpiece: Goldens;
  readonly 'byte-level': Goldens;
}

// Made by scripts/make-tokenizer-fixtures.py.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const goldens = JSON.parse(
  gunzipSync(readFileSync(tokenizerFixture('small-tokenizers.json.gz'))).toString(),
) as SmallTokenizers;
const { texts } = goldens;

function definitionOf(name: string): Definition {
  // Made by the same script.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(readFileSync(tokenizerFixture(`small-${name}.json`), 'utf8')) as Definition;
}

function open(definition: object): Tokenizer {
  return openTokenizer(compileTokenizer(Buffer.from(JSON.stringify(definition))));
}

/** Texts whose ids differ, in a form that shows what to look at. */
function differences(tokenizer: Tokenizer, expected: Goldens['ids']): object[] {
  return expected.flatMap((wanted, index) => {
    const text = texts[index] ?? '';
    const ids = Array.from(tokenizer.encode(text).ids);
    return ids.join() === wanted.join() ? [] : [{ text: text.slice(0, 100), ids, wanted }];
  });
}

describe.each(['wordpiece', 'byte-level'] as const)('a small %s tokenizer', (name) => {
  const definition = definitionOf(name);
  const { ids, variants } = goldens[name];
  const tokenizer = open(definition);

  it('gets the ids of the Rust library', () => {
    expect(ids.length).toBeGreaterThan(2000);
    expect(differences(tokenizer, ids)).toEqual([]);
  });

  it.each(
    variants.map(({ changes, ids: wanted }) => [JSON.stringify(changes).slice(0, 200), changes, wanted] as const),
  )('gets the ids of the Rust library with %s', (_title, changes, wanted) => {
    const model = { ...definition.model, ...changes.model };
    expect(differences(open({ ...definition, ...changes, model }), wanted)).toEqual([]);
  });

  it('gets the same ids from texts in any order', () => {
    const fresh = open(definition);
    for (let index = texts.length - 1; index >= 0; index -= 7) {
      expect(Array.from(fresh.encode(texts[index] ?? '').ids)).toEqual(ids[index]);
    }
  });

  it('truncates to a prefix, and counts the whole', () => {
    for (let index = 0; index < texts.length; index += 3) {
      const text = texts[index] ?? '';
      const wanted = ids[index] ?? [];
      const last = wanted.at(-1) ?? -1;
      for (const maxLength of [2, 3, 5, 17]) {
        const { ids: cut, truncated } = tokenizer.encode(text, { maxLength });
        const expected = wanted.length <= maxLength ? wanted : [...wanted.slice(0, maxLength - 1), last];
        expect(Array.from(cut)).toEqual(expected);
        expect(truncated).toBe(wanted.length > maxLength);
      }
      expect(tokenizer.countTokens(text)).toBe(wanted.length);
    }
  });

  it('has every token of a text in exactly one window', () => {
    for (let index = 0; index < texts.length; index += 3) {
      const wanted = ids[index] ?? [];
      const windows = tokenizer.encodeWindows(texts[index] ?? '', { maxLength: 12 });
      const content = windows.flatMap((window) => Array.from(window.ids.slice(1, -1)));
      expect(content).toEqual(wanted.slice(1, -1));
      expect(windows.every((window) => window.ids.length <= 12 && window.tokenCount === window.ids.length - 2)).toBe(
        true,
      );
      expect(windows.every((window) => window.ids[0] === wanted[0] && window.ids.at(-1) === wanted.at(-1))).toBe(true);
    }
  });
});
