/**
 * What a pickle says, as inert data. Nothing here has behaviour: a call is a record of what would be called.
 * Values may be shared and even contain themselves; code that walks them must not recurse without a bound.
 */
export type PickleValue =
  | null
  | boolean
  /** An integer inside ±(2^53 - 1). */
  | number
  /** An integer outside of it. */
  | bigint
  | string
  | PickleFloat
  | PickleSequence
  | PickleDict
  | PickleGlobal
  | PickleCall
  | PicklePersistentId;

export interface PickleFloat {
  readonly kind: 'float';
  readonly value: number;
}

export interface PickleSequence {
  readonly kind: 'tuple' | 'list';
  readonly items: PickleValue[];
}

/** Other kinds of keys are refused. */
export type PickleKey = string | number | bigint | boolean | null;

export interface PickleDict {
  readonly kind: 'dict';
  readonly isOrdered: boolean;
  readonly entries: Map<PickleKey, PickleValue>;
  /** The attribute `_metadata`, which torch sets on the `OrderedDict` of a state dict; others mean nothing here. */
  metadata: PickleValue;
}

/** A name of the allow-list, such as `torch.qint8`. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** `module.name`. */
  readonly name: string;
}

/** A call the pickle asks for, not made. */
export interface PickleCall {
  readonly kind: 'call';
  /** `module.name` of what would be called. */
  readonly callee: string;
  readonly args: readonly PickleValue[];
  /** Absolute position of the call in the file. */
  readonly byteOffset: number;
}

/** A reference to something outside the pickle: a storage, in torch's files. */
export interface PicklePersistentId {
  readonly kind: 'persistent-id';
  readonly id: PickleSequence;
  readonly byteOffset: number;
}

/** The Python type of a value in one word, for messages. Never looks inside. */
export function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'int';
  if (typeof value === 'string') return 'str';
  if (value.kind === 'dict') return value.isOrdered ? 'OrderedDict' : 'dict';
  if (value.kind === 'global') return value.name;
  if (value.kind === 'call') return `${value.callee}()`;
  return value.kind;
}

/** Whether the value is a tuple or a list. */
export function isSequence(value: PickleValue | undefined): value is PickleSequence {
  return typeof value === 'object' && value !== null && (value.kind === 'tuple' || value.kind === 'list');
}

/** Whether the value is a dict, ordered or not. */
export function isDict(value: PickleValue | undefined): value is PickleDict {
  return typeof value === 'object' && value !== null && value.kind === 'dict';
}
