import { describe, expect, it } from 'vitest';
import { readComponentBlocks } from '../../../../src/parsing/script-blocks/script-blocks.ts';

describe('readComponentBlocks', () => {
  it('keeps scripts in their place and blanks the rest', () => {
    const text = '<template>\n  <p>é</p>\n</template>\n<script lang="ts" setup>\nlet a = 1;\n</script>\n';
    const { script, lang, markup } = readComponentBlocks(text, true);
    expect(script).toHaveLength(text.length);
    expect(script.split('\n')).toHaveLength(text.split('\n').length);
    expect(script.indexOf('let a')).toBe(text.indexOf('let a'));
    expect(script.trim()).toBe('let a = 1;');
    expect(lang).toBe('ts');
    expect(markup).toEqual([{ start: 0, end: text.indexOf('\n<script') }]);
  });

  it('takes no script out of a template, a comment or the head of a page', () => {
    const text = [
      '<!-- <script>a()</script> -->',
      '<template><template><script>b()</script></template></template>',
      '<svelte:head><script>c()</script></svelte:head>',
      '<script>d()</script>',
    ].join('\n');
    expect(readComponentBlocks(text, true).script.trim()).toBe('d()');
  });

  it('reads attributes with quoted brackets and scripts that name a file', () => {
    const { script, sources } = readComponentBlocks('<script generic="T extends A<B>" src="./a.ts"></script>', true);
    expect(script.trim()).toBe('');
    expect(sources).toEqual([{ path: './a.ts', offset: 0 }]);
  });

  it('finds the markup of Svelte beside the scripts', () => {
    const text = '<script>a()</script>\n<p>x</p>\n<style>p {}</style>\n<b>y</b>';
    const parts = readComponentBlocks(text, false).markup.map(({ start, end }) => text.slice(start, end));
    expect(parts).toEqual(['<p>x</p>', '<b>y</b>']);
  });

  it.each(['<script>', '<script', '<template><script>', '<!--', '<script lang="'])('survives %s', (text) => {
    expect(readComponentBlocks(text, true).script).toHaveLength(text.length);
  });
});
