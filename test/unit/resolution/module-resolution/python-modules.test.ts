import { describe, expect, it } from 'vitest';
import { PythonModules } from '../../../../src/resolution/module-resolution/python-modules.ts';

const resolver = (...paths: string[]): ((from: string, specifier: string) => string | undefined) => {
  const modules = new PythonModules(paths);
  return (from, specifier) => {
    const found = modules.resolvePath(from, specifier);
    return typeof found === 'object' ? (found.paths[0] ?? `${found.key}/`) : found;
  };
};

describe('PythonModules', () => {
  it('resolves relative imports by their dots', () => {
    const resolve = resolver('p/__init__.py', 'p/a.py', 'p/q/__init__.py', 'p/q/b.py');
    expect(resolve('p/q/b.py', '.')).toBe('p/q/__init__.py');
    expect(resolve('p/q/b.py', '..a')).toBe('p/a.py');
    expect(resolve('p/q/__init__.py', '.b')).toBe('p/q/b.py');
    expect(resolve('p/q/b.py', '.....a')).toBeUndefined();
    expect(resolve('p/a.py', '.missing')).toBeUndefined();
  });

  it('does not take a module of the own package for one of the standard library', () => {
    const resolve = resolver('p/__init__.py', 'p/logging.py', 'p/main.py', 'scripts/util.py', 'scripts/run.py');
    expect(resolve('p/main.py', 'logging')).toBe('external');
    expect(resolve('scripts/run.py', 'util')).toBe('scripts/util.py');
  });

  it('finds packages in source folders, also from tests beside them', () => {
    const resolve = resolver(
      'lib/src/shop/__init__.py',
      'lib/src/shop/cart.py',
      'lib/tests/test_cart.py',
      'tools/x.py',
    );
    expect(resolve('lib/tests/test_cart.py', 'shop.cart')).toBe('lib/src/shop/cart.py');
    expect(resolve('tools/x.py', 'shop')).toBe('lib/src/shop/__init__.py');
    expect(resolve('tools/x.py', 'shop.missing')).toBeUndefined();
    expect(resolve('tools/x.py', 'numpy.linalg')).toBe('external');
  });

  it('knows packages without __init__ and prefers sources to stubs', () => {
    const resolve = resolver('ns/sub/mod.py', 'ns/sub/mod.pyi', 'main.py');
    expect(resolve('main.py', 'ns.sub.mod')).toBe('ns/sub/mod.py');
    expect(resolve('main.py', 'ns.sub')).toBe('ns/sub/');
  });
});
