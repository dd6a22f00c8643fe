import { describe, expect, it } from 'vitest';
import { pathRoles } from '../../../src/graph/path-role.ts';

describe('pathRoles', () => {
  it.each([
    ['test/orders.ts', ['test']],
    ['src/orders.test.ts', ['test']],
    ['src/orders_test.go', ['test']],
    ['orders/test_cancel.py', ['test']],
    ['orders/conftest.py', ['test']],
    ['src/main/OrderServiceTest.java', ['test']],
    ['src/__tests__/a.js', ['test']],
    ['node_modules/left-pad/index.js', ['vendored']],
    ['third_party/zlib/deflate.c', ['vendored']],
    ['public/jquery.min.js', ['vendored']],
    ['api/orders.pb.go', ['generated']],
    ['api/orders_pb2.py', ['generated']],
    ['src/generated/client.ts', ['generated']],
    ['src/client.generated.ts', ['generated']],
    ['examples/cancel.ts', ['example']],
    ['_examples/limits/main.go', ['example']],
    ['types/index.d.ts', ['declaration']],
    ['vendor/lib/test/a.c', ['test', 'vendored']],
  ])('reads %s', (path, roles) => {
    expect([...pathRoles(path)].sort()).toEqual([...roles].sort());
  });

  it.each([
    'src/latest.java',
    'src/contest.py',
    'src/attest.go',
    'src/Latest.java',
    'src/testimonials.ts',
    'src/order.ts',
    'src/inspect.rb',
    'vendors.ts',
  ])('reads nothing into %s', (path) => {
    expect([...pathRoles(path)]).toEqual([]);
  });
});
