import { MANY, type AbstractValue } from './abstract-value.ts';

/** A slot with more values than this holds {@link MANY} and nothing else. */
const MAX_VALUES = 8;

interface Slot {
  values: Set<AbstractValue>;
  /** Tasks that have read it: done again when it grows. */
  readonly readers: number[];
}

const NOTHING: ReadonlySet<AbstractValue> = new Set();

/** Sets of values by name: variables, parameters, results, attributes, items. They only grow. */
export class ValueSlots {
  readonly #slots = new Map<string, Slot>();
  readonly #onGrowth: (task: number) => void;
  /** Who is reading; -1 where nobody needs to know of growth. */
  reader = -1;

  constructor(onGrowth: (task: number) => void) {
    this.#onGrowth = onGrowth;
  }

  read(key: string): ReadonlySet<AbstractValue> {
    let slot = this.#slots.get(key);
    if (this.reader >= 0) {
      if (slot === undefined) this.#slots.set(key, (slot = { values: new Set(), readers: [] }));
      // Tasks read one after the other: the same one again is mostly the last.
      if (slot.readers.at(-1) !== this.reader) slot.readers.push(this.reader);
    }
    return slot?.values ?? NOTHING;
  }

  add(key: string, values: Iterable<AbstractValue>): void {
    let slot = this.#slots.get(key);
    let hasGrown = false;
    for (const value of values) {
      if (slot === undefined) this.#slots.set(key, (slot = { values: new Set(), readers: [] }));
      if (slot.values.has(MANY) || slot.values.has(value)) continue;
      hasGrown = true;
      if (value === MANY || slot.values.size >= MAX_VALUES) slot.values = new Set([MANY]);
      else slot.values.add(value);
    }
    if (hasGrown && slot !== undefined) for (const task of slot.readers) this.#onGrowth(task);
  }
}
