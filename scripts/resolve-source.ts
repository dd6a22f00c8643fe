/**
 * Lets the examples run from a checkout without a build: `codegraphai` and `codegraphai/models` mean the sources.
 *
 *     node --import ./scripts/resolve-source.ts examples/quantized-embeddings.ts
 */
import { registerHooks } from 'node:module';

const SOURCES: ReadonlyMap<string, string> = new Map(
  ['index', 'models', 'checkpoint'].map((name) => [
    name === 'index' ? 'codegraphai' : `codegraphai/${name}`,
    new URL(`../src/${name}.ts`, import.meta.url).href,
  ]),
);

registerHooks({
  resolve(specifier, context, nextResolve) {
    return nextResolve(SOURCES.get(specifier) ?? specifier, context);
  },
});
