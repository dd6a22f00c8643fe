import { describe, expect, it } from 'vitest';
import {
  evaluateConstraint,
  isBuilt,
  targetOf,
} from '../../../../src/resolution/module-resolution/go-build-constraints.ts';

const isSet = (tag: string): boolean => tag === 'a' || tag === 'b';

describe('evaluateConstraint', () => {
  it('reads and, or, not and parentheses with their precedence', () => {
    expect(evaluateConstraint('a && !c', isSet)).toBe(true);
    expect(evaluateConstraint('c || a && c', isSet)).toBe(false);
    expect(evaluateConstraint('(c || a) && b', isSet)).toBe(true);
    expect(evaluateConstraint('!(a && b)', isSet)).toBe(false);
    expect(evaluateConstraint('!!a', isSet)).toBe(true);
  });

  it('says nothing of what it cannot read', () => {
    for (const broken of ['', 'a &&', '(a', 'a b', 'a & b', '&& a', '('.repeat(5_000)]) {
      expect(evaluateConstraint(broken, isSet)).toBeUndefined();
    }
  });
});

describe('isBuilt', () => {
  const linux = targetOf('main.go', undefined);

  it('reads systems and processors in file names', () => {
    expect(isBuilt('net/poll_linux.go', undefined, linux)).toBe(true);
    expect(isBuilt('net/poll_windows.go', undefined, linux)).toBe(false);
    expect(isBuilt('net/poll_linux_arm64_test.go', undefined, linux)).toBe(false);
    expect(isBuilt('windows.go', undefined, linux)).toBe(true);
  });

  it('evaluates constraints', () => {
    expect(isBuilt('a.go', '!go1.20', linux)).toBe(false);
    expect(isBuilt('a.go', 'go1.20', linux)).toBe(true);
    expect(isBuilt('a.go', 'unix && !appengine', linux)).toBe(true);
    expect(isBuilt('a.go', 'ignore', linux)).toBe(false);
    expect(isBuilt('a.go', 'cannot be (read', linux)).toBe(true);
  });
});

describe('targetOf', () => {
  it('finds a target that builds the file', () => {
    const windows = targetOf('exec_windows.go', undefined);
    expect(windows.system).toBe('windows');
    expect(isBuilt('exec_unix.go', 'unix', windows)).toBe(false);
    expect(isBuilt('json.go', 'jsoniter', targetOf('json.go', 'jsoniter'))).toBe(true);
    expect(isBuilt('plain.go', '!jsoniter', targetOf('json.go', 'jsoniter'))).toBe(false);
    expect(targetOf('wasm.go', 'js && wasm')).toMatchObject({ system: 'js', processor: 'wasm' });
  });
});
