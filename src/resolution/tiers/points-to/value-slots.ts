import { type AbstractValue, MANY } from './abstract-value.ts';

/** A slot with more values than this holds {@link MANY} and nothing else. */
const MAX_VALUES = 8;

interface Slot {
  values: Set<AbstractValue> | undefined;
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
  #isFrozen = false;

  constructor(onGrowth: (task: number) => void) {
    this.#onGrowth = onGrowth;
  }

  read(key: string): ReadonlySet<AbstractValue> {
    let slot = this.#slots.get(key);
    if (this.reader >= 0) {
      if (slot === undefined) this.#slots.set(key, (slot = { values: undefined, readers: [] }));
      // Tasks read one after the other: the same one again is mostly the last.
      if (slot.readers.at(-1) !== this.reader) slot.readers.push(this.reader);
    }
    return slot?.values ?? NOTHING;
  }

  /** From now on nothing is added: whoever reads sees the same, in whatever order. */
  freeze(): void {
    this.#isFrozen = true;
    this.reader = -1;
  }

  add(key: string, values: Iterable<AbstractValue>): void {
    if (this.#isFrozen) return;
    let slot = this.#slots.get(key);
    let hasGrown = false;
    for (const value of values) {
      if (slot === undefined) this.#slots.set(key, (slot = { values: undefined, readers: [] }));
      const held = slot.values;
      if (held !== undefined && (held.has(MANY) || held.has(value))) continue;
      hasGrown = true;
      if (value === MANY || (held !== undefined && held.size >= MAX_VALUES)) slot.values = new Set([MANY]);
      else if (held === undefined) slot.values = new Set([value]);
      else held.add(value);
    }
    if (hasGrown && slot !== undefined) for (const task of slot.readers) this.#onGrowth(task);
  }
}
