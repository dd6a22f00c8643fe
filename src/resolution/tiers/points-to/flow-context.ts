import type { Declaration } from '../../project-index.ts';
import type { ImportTable } from '../import-table.ts';
import type { TypeHierarchy } from '../type-hierarchy.ts';
import type { AbstractValues } from './abstract-values.ts';
import type { Containers } from './containers.ts';
import type { ExpressionCache } from './expression-cache.ts';
import type { FunctionTable } from './function-table.ts';
import type { NameBindings } from './name-bindings.ts';
import type { FlowProtocols } from './flow-protocols.ts';
import type { ValueSlots } from './value-slots.ts';

/** What the parts of the analysis share. */
export interface FlowContext {
  readonly values: AbstractValues;
  readonly slots: ValueSlots;
  readonly bindings: NameBindings;
  readonly imports: ImportTable;
  readonly types: TypeHierarchy;
  readonly protocols: FlowProtocols;
  readonly expressions: ExpressionCache;
  readonly functions: FunctionTable;
  readonly containers: Containers;
  /** Functions in whose place something else was found; whoever wants to know empties it first. */
  readonly replaced: Set<Declaration>;
}
