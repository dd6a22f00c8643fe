import type { CheckpointError } from '../checkpoint-error.ts';
import type { PickleValue } from './values.ts';

/** The stack of a pickle machine, with its marks: nothing is taken from below the last mark. */
export class PickleStack {
  readonly #values: PickleValue[] = [];
  /** Heights of the stack where marks were set. */
  readonly #marks: number[] = [];
  readonly #malformed: (problem: string) => CheckpointError;

  /** @param malformed - Makes the error for an instruction that does not fit the stack. */
  constructor(malformed: (problem: string) => CheckpointError) {
    this.#malformed = malformed;
  }

  /** Values on the stack. */
  get height(): number {
    return this.#values.length;
  }

  /** Marks that were set and not closed yet. */
  get markCount(): number {
    return this.#marks.length;
  }

  get #available(): number {
    return this.#values.length - (this.#marks.at(-1) ?? 0);
  }

  push(value: PickleValue): void {
    this.#values.push(value);
  }

  /** The last value, which stays. */
  top(): PickleValue {
    const value = this.#available > 0 ? this.#values.at(-1) : undefined;
    if (value === undefined) throw this.#malformed('the pickle uses a value of an empty stack');
    return value;
  }

  pop(): PickleValue {
    const value = this.#available > 0 ? this.#values.pop() : undefined;
    if (value === undefined) throw this.#malformed('the pickle takes a value from an empty stack');
    return value;
  }

  /** Takes the last `count` values, in the order they were pushed. */
  popMany(count: number): PickleValue[] {
    if (this.#available < count) throw this.#malformed(`the pickle takes ${count} values from a stack that has fewer`);
    return this.#values.splice(-count);
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Takes the values since the last mark, in the order they were pushed, and the mark. */
  popToMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.#malformed('the pickle closes a mark it never set');
    return this.#values.splice(height);
  }
}
