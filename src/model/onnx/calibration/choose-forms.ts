import { LINEAR_FORMS, type LinearForm } from '../linear-form.ts';
import type { FormErrors } from './quantization-error.ts';

/** A Linear whose form is to be chosen. */
export interface Candidate {
  readonly errors: FormErrors;
  /** Multiplications a token: what its forms take is in proportion. */
  readonly size: number;
}

/** The form of each Linear, by module. */
export type LinearForms = ReadonlyMap<string, LinearForm>;

/** `float32` takes three times as long as the others, so that only what is this many times above the limit starts in it. */
const FLOAT32_FROM = 2;

/** Time of each form, as a multiple of `int8`. Measured with ONNX Runtime 1.30 at 384 by 1,536 and 126 tokens (Zen 4). */
const TIME: Readonly<Record<LinearForm, number>> = { int8: 1, rowwise: 1.25, float32: 3.2 };

/**
 * What to begin with: `int8` within the limit, above it the better of the int8 forms, far above it `float32`.
 *
 * @param limit - Error of one Linear up to which `int8` is tried.
 */
export function chooseForm(errors: FormErrors, limit: number): LinearForm {
  const form = errors.int8 <= limit || errors.int8 <= errors.rowwise ? 'int8' : 'rowwise';
  return errors[form] > limit * FLOAT32_FROM && errors.float32 < errors[form] ? 'float32' : form;
}

/** One Linear's step to a form that is slower and more exact. */
export interface Upgrade {
  readonly module: string;
  readonly to: LinearForm;
  /** Error energy it removes by the time it takes. */
  readonly worth: number;
}

/**
 * All steps that are left from `start` on, the one that removes most error for its time first. Errors of different Linears add
 * up like noise: by their squares. The steps of one Linear keep their order, because each is the best that is left.
 */
export function upgradeOrder(candidates: ReadonlyMap<string, Candidate>, start: LinearForms): Upgrade[] {
  const upgrades = [...candidates].flatMap(([module, candidate]) => {
    const steps: Upgrade[] = [];
    for (let form = start.get(module) ?? 'float32'; ;) {
      const step = bestStep(module, candidate, form);
      if (step === null) return steps;
      steps.push(step);
      form = step.to;
    }
  });
  return upgrades.toSorted((left, right) => right.worth - left.worth);
}

/** The forms after the first `count` upgrades. */
export function upgraded(start: LinearForms, upgrades: readonly Upgrade[], count: number): LinearForms {
  const forms = new Map(start);
  for (const { module, to } of upgrades.slice(0, count)) forms.set(module, to);
  return forms;
}

function bestStep(module: string, { errors, size }: Candidate, from: LinearForm): Upgrade | null {
  let best: Upgrade | null = null;
  for (const to of LINEAR_FORMS.slice(LINEAR_FORMS.indexOf(from) + 1)) {
    const removed = errors[from] ** 2 - errors[to] ** 2;
    const worth = removed / (size * (TIME[to] - TIME[from]));
    if (removed > 0 && worth > (best?.worth ?? 0)) best = { module, to, worth };
  }
  return best;
}
