import { describe, expect, it } from 'vitest';
import { TIER_CONFIDENCE } from '../../../src/graph/edge.ts';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';
import { hashKey } from '../../../src/resolution/dependencies.ts';
import { changedKeys } from '../../../src/resolution/file-surface.ts';
import { ProjectResolver } from '../../../src/resolution/project-resolver.ts';

const parse = async (path: string, text: string): Promise<ParsedFile> =>
  (await loadLanguage('javascript')).parse(path, text);

const EMITTER = `export function pay(bus) { bus.emit('order.paid'); }`;
const listener = (name: string): string =>
  `import { bus } from './bus.js';\nbus.on('order.paid', ${name});\nfunction ${name}() {}`;

function resolverOf(files: readonly ParsedFile[]): ProjectResolver {
  const resolver = new ProjectResolver({
    paths: new Set(files.map(({ path }) => path)),
    readManifest: () => undefined,
  });
  resolver.update(files, []);
  return resolver;
}

describe('events', () => {
  it('run every subscription, each less sure than an only one', async () => {
    const files = [
      await parse('pay.js', EMITTER),
      await parse('a.js', listener('ship')),
      await parse('b.js', listener('thank')),
    ];
    const { file } = resolverOf(files).resolve('pay.js');
    const calls = file.edges.filter(({ tier }) => tier === 'framework');
    expect(calls.map(({ target }) => target)).toEqual(['a.js#ON order.paid', 'b.js#ON order.paid']);
    for (const { confidence } of calls) expect(confidence).toBeCloseTo(TIER_CONFIDENCE.framework - 0.1);
  });

  it('depend on subscriptions that other files may add', async () => {
    const emitter = await parse('pay.js', EMITTER);
    const { dependencies } = resolverOf([emitter]).resolve('pay.js');
    const added = changedKeys(undefined, await parse('a.js', listener('ship'))).map(hashKey);
    expect(added.some((key) => dependencies.names.includes(key))).toBe(true);
    const other = changedKeys(undefined, await parse('a.js', listener('ship').replace('order.paid', 'order.lost')));
    expect(other.map(hashKey).some((key) => dependencies.names.includes(key))).toBe(false);
  });
});

describe('routes', () => {
  it('are found in no file that names no framework', async () => {
    const { definitions } = await parse('a.js', `import { http } from './http.js';\nhttp.get('/users', show);`);
    expect(definitions.filter(({ kind }) => kind === 'route')).toEqual([]);
  });

  it('that a function registers are not calls of that function', async () => {
    const text = `export function register(app) { app.get('/users', show); }\nfunction show() {}`;
    const { file } = resolverOf([await parse('a.js', text)]).resolve('a.js');
    const edges = file.edges.filter(({ tier }) => tier === 'framework').map(({ source, target }) => [source, target]);
    expect(edges).toEqual([['a.js#GET /users', 'a.js#show']]);
  });
});
