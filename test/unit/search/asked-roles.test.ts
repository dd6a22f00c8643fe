import { describe, expect, it } from 'vitest';
import { rolesAskedFor } from '../../../src/search/asked-roles.ts';

describe('rolesAskedFor', () => {
  it('needs a whole word', () => {
    expect([...rolesAskedFor(['fixture', 'demo'], 'fixture demo')].sort()).toEqual(['example', 'test']);
    expect([...rolesAskedFor(['democracy'], 'democracy')]).toEqual([]);
  });
});
