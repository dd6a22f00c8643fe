import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseForm,
  upgraded,
  upgradeOrder,
  type Candidate,
  type LinearForms,
} from '../../../../../src/model/onnx/calibration/choose-forms.ts';
import { LINEAR_FORMS, type LinearForm } from '../../../../../src/model/onnx/linear-form.ts';

const LIMIT = 0.12;
const rank = (form: LinearForm): number => LINEAR_FORMS.indexOf(form);
const error = fc.double({ min: 1e-6, max: 10, noNaN: true });
const candidate = fc.record({
  errors: fc.record({ int8: error, rowwise: error, float32: fc.constant(0) }),
  size: fc.integer({ min: 1, max: 10_000 }),
});
const candidates = fc
  .array(candidate, { minLength: 1, maxLength: 12 })
  .map((all) => new Map(all.map((one, index) => [`layer.${index}`, one])));

function start(all: ReadonlyMap<string, Candidate>): LinearForms {
  return new Map([...all].map(([module, { errors }]) => [module, chooseForm(errors, LIMIT)]));
}

describe('chooseForm', () => {
  it('takes int8 within the limit, then the better int8 form, then float32', () => {
    expect(chooseForm({ int8: 0.1, rowwise: 0.01, float32: 0 }, LIMIT)).toBe('int8');
    expect(chooseForm({ int8: 0.3, rowwise: 0.01, float32: 0 }, LIMIT)).toBe('rowwise');
    expect(chooseForm({ int8: 0.2, rowwise: 0.22, float32: 0 }, LIMIT)).toBe('int8');
    expect(chooseForm({ int8: 0.5, rowwise: 0.3, float32: 0 }, LIMIT)).toBe('float32');
    expect(chooseForm({ int8: 0.5, rowwise: Infinity, float32: 0 }, LIMIT)).toBe('float32');
  });

  it('leaves nothing float32 where that is not allowed', () => {
    expect(chooseForm({ int8: 0.5, rowwise: 0.3, float32: Infinity }, LIMIT)).toBe('rowwise');
  });

  it('never gives a Linear a less exact form because its errors are larger', () => {
    const factor = fc.double({ min: 1, max: 100, noNaN: true });
    fc.assert(
      fc.property(candidate, factor, ({ errors }, times) => {
        const raised = { int8: errors.int8 * times, rowwise: errors.rowwise * times, float32: 0 };
        expect(rank(chooseForm(raised, LIMIT))).toBeGreaterThanOrEqual(rank(chooseForm(errors, LIMIT)));
      }),
    );
  });

  it('never gives a less exact form for a smaller limit', () => {
    fc.assert(
      fc.property(candidate, error, error, ({ errors }, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        expect(rank(chooseForm(errors, small))).toBeGreaterThanOrEqual(rank(chooseForm(errors, large)));
      }),
    );
  });
});

describe('upgradeOrder', () => {
  it('begins with what removes most error for its time', () => {
    const all = new Map<string, Candidate>([
      ['small error', { errors: { int8: 0.01, rowwise: 0.005, float32: 0 }, size: 100 }],
      ['large error', { errors: { int8: 0.1, rowwise: 0.02, float32: 0 }, size: 100 }],
      ['large and slow', { errors: { int8: 0.1, rowwise: 0.02, float32: 0 }, size: 400 }],
    ]);
    const order = upgradeOrder(all, new Map([...all.keys()].map((module) => [module, 'int8'])));
    expect(order.map(({ module, to }) => `${module}: ${to}`)).toEqual([
      'large error: rowwise',
      'large and slow: rowwise',
      'small error: rowwise',
      'large error: float32',
      'large and slow: float32',
      'small error: float32',
    ]);
  });

  it('goes straight to float32 where a scale a token does not help', () => {
    const all = new Map([['value', { errors: { int8: 0.06, rowwise: 0.14, float32: 0 }, size: 1 }]]);
    expect(upgradeOrder(all, new Map([['value', 'int8']]))).toMatchObject([{ module: 'value', to: 'float32' }]);
  });

  it('ends with everything float32, each step of a Linear more exact than the last', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const order = upgradeOrder(all, start(all));
        let forms = start(all);
        for (let count = 1; count <= order.length; count++) {
          const next = upgraded(start(all), order, count);
          for (const [module, form] of next) {
            expect(rank(form)).toBeGreaterThanOrEqual(rank(forms.get(module)!));
            expect(all.get(module)!.errors[form]).toBeLessThanOrEqual(all.get(module)!.errors[forms.get(module)!]);
          }
          forms = next;
        }
        expect([...forms.values()].every((form) => form === 'float32')).toBe(true);
      }),
    );
  });

  it('never gives a Linear a less exact form because its errors are larger', () => {
    const factor = fc.double({ min: 1, max: 20, noNaN: true });
    fc.assert(
      fc.property(candidates, factor, fc.nat(), fc.nat(), (all, times, which, count) => {
        const module = [...all.keys()][which % all.size]!;
        const { errors, size } = all.get(module)!;
        const raised = new Map(all).set(module, {
          errors: { int8: errors.int8 * times, rowwise: errors.rowwise * times, float32: 0 },
          size,
        });
        // The same forms to begin with: what the limit makes of larger errors is tested above.
        const forms = new Map([...all.keys()].map((name) => [name, 'int8' as const]));
        const steps = count % (2 * all.size + 1);
        const before = upgraded(forms, upgradeOrder(all, forms), steps).get(module)!;
        const after = upgraded(forms, upgradeOrder(raised, forms), steps).get(module)!;
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });

  it('has nothing to do where everything is exact', () => {
    const all = new Map([['a', { errors: { int8: LIMIT / 2, rowwise: 0, float32: 0 }, size: 1 }]]);
    expect(upgradeOrder(all, new Map([['a', 'float32']]))).toEqual([]);
  });
});
