import type { SourcePosition } from '../../../graph/source-range.ts';
import type { Reference, ValueFlow } from '../../../parsing/language.ts';
import { isCallable, isType, type Declaration, type FileScope, type ProjectIndex } from '../../project-index.ts';
import { hashText } from '../../dependencies.ts';
import type { ImportTable } from '../import-table.ts';
import type { TypeHierarchy } from '../type-hierarchy.ts';
import type { Place } from '../value.ts';
import { type AbstractValue, type Argument, type ValueExpression, isKnown, lastName } from './abstract-value.ts';
import { AbstractValues } from './abstract-values.ts';
import { Containers } from './containers.ts';
import { ExpressionCache } from './expression-cache.ts';
import { FlowAnalysis } from './flow-analysis.ts';
import type { FlowContext } from './flow-context.ts';
import { flowProtocolsOf } from './flow-languages.ts';
import { FlowTargets } from './flow-targets.ts';
import { FunctionTable } from './function-table.ts';
import { functionScope, NameBindings } from './name-bindings.ts';
import type { FlowProtocols } from './flow-protocols.ts';
import { resultSlot, yieldSlot } from './slot-keys.ts';
import { ValueSlots } from './value-slots.ts';

/** What a call may run. */
export interface CallTargets {
  readonly declarations: readonly Declaration[];
  /** Decorated functions that the targets stand for. */
  readonly replaced: readonly Declaration[];
  /** What is called is of the language or a library. */
  readonly isOutside: boolean;
  /** More than are told apart: no edge, however few are known. */
  readonly isMany: boolean;
}

/** A call that is not written as one: a decorator, a loop, `with`. */
export interface ImpliedCall {
  /** Index of the definition around it, or -1. */
  readonly enclosing: number;
  readonly position: SourcePosition;
  readonly targets: readonly Declaration[];
}

/** What the flow of values says of one file. */
export interface FlowAnswers {
  /** By index of the reference; those of which nothing is known are left out. */
  readonly calls: ReadonlyMap<number, CallTargets>;
  readonly implied: readonly ImpliedCall[];
  /** The same for the same answers. */
  readonly digest: number;
}

/** More targets of one call than this say that it is dynamic. */
const MAX_TARGETS = 4;
/** Work on one flow is not repeated more often: sets that still grow then are cut, in the same way every time. */
const MAX_REPETITIONS = 24;
const NO_VALUES: ReadonlySet<AbstractValue> = new Set();
const NO_TARGETS: CallTargets = Object.freeze({
  declarations: [],
  replaced: [],
  isOutside: false,
  isMany: false,
});

type Task = () => void;

/**
 * The points-to tier: follows functions and classes that are passed as values, through variables, parameters, results,
 * containers, attributes, closures and decorators, to where they are called (Andersen's inclusion-based analysis, one
 * set for each variable, field-based attributes by class; L. O. Andersen, 1994).
 *
 * Its answers depend on the whole project: what a parameter holds comes from callers anywhere. So the sets are computed
 * in one pass over the flows and arguments of all files, from nothing, in path order: a pure function of the files.
 * {@link answersFor} is all that resolution of a file sees of it: a file whose answers are the same as before needs no
 * new resolution for its sake.
 */
export class PointsTo {
  readonly #analysis: FlowAnalysis;
  readonly #flow: FlowContext;
  readonly #targets: FlowTargets;
  readonly #tasks: Task[] = [];
  readonly #repetitions: number[] = [];
  readonly #queue: number[] = [];
  readonly #queued = new Set<number>();
  readonly #protocols: FlowProtocols;

  /** @param protocols - Of the languages whose files take part. */
  constructor(index: ProjectIndex, imports: ImportTable, types: TypeHierarchy, protocols: FlowProtocols) {
    this.#protocols = protocols;
    const slots = new ValueSlots((task) => this.#enqueue(task));
    const values = new AbstractValues();
    const expressions = new ExpressionCache();
    const bindings = new NameBindings(imports);
    this.#flow = {
      slots,
      values,
      expressions,
      bindings,
      imports,
      types,
      protocols,
      functions: new FunctionTable(expressions, bindings, protocols),
      containers: new Containers(slots, values, expressions),
      replaced: new Set(),
    };
    this.#analysis = new FlowAnalysis(this.#flow);
    this.#targets = new FlowTargets(this.#flow, this.#analysis);
    for (const file of index.files) if (flowProtocolsOf(file.parsed) === protocols) this.#addTasks(file);
    this.#run();
  }

  /** All that resolution of a file sees of the sets. */
  answersFor(file: FileScope): FlowAnswers {
    const calls = new Map<number, CallTargets>();
    const parts: string[] = [];
    for (const [index, reference] of file.parsed.references.entries()) {
      if (reference.kind !== 'calls') continue;
      const targets = this.#callsAt(file, reference);
      const { declarations, replaced, isMany, isOutside } = targets;
      if (declarations.length === 0 && !isMany && !isOutside) continue;
      calls.set(index, targets);
      parts.push(`${index} ${isMany} ${isOutside} ${idsOf(declarations)} / ${idsOf(replaced)}`);
    }
    const implied = this.#impliedCalls(file);
    for (const { enclosing, targets } of implied) parts.push(`${enclosing} ${idsOf(targets)}`);
    return { calls, implied, digest: hashText(parts.join('\n')) };
  }

  /** What the call of a reference may run. */
  #callsAt(file: FileScope, reference: Reference): CallTargets {
    const place = { file, scope: functionScope(file, reference.enclosing) };
    const callee = this.#calleeOf(reference);
    this.#flow.replaced.clear();
    const values = this.#analysis.evaluate(callee, place);
    const found = this.#targetsOf(values);
    if (isKnown(values)) return found;
    const called = this.#calledByBuiltin(callee, reference, place);
    return values.size === 0 ? called : { ...called, isOutside: true };
  }

  /** Calls of a file that no reference stands for. */
  #impliedCalls(file: FileScope): ImpliedCall[] {
    const result: ImpliedCall[] = [];
    for (const flow of file.parsed.flows ?? []) {
      const { kind, position, scope } = flow;
      if (position === undefined) continue;
      const enclosing = kind === 'decorated' ? (file.declarations[scope]?.definition.parent ?? -1) : scope;
      const targets = this.#impliedTargets(flow, { file, scope: functionScope(file, enclosing) });
      if (targets.length > 0) result.push({ enclosing, position, targets });
    }
    return result;
  }

  #impliedTargets(flow: ValueFlow, place: Place): readonly Declaration[] {
    const source = this.#flow.expressions.parse(flow.value);
    if (flow.kind === 'decorated') {
      const called = source.kind === 'call' ? this.#analysis.evaluate(source.callee, place) : NO_VALUES;
      const applied = this.#analysis.decoratorValues(source, place);
      return [called, applied].flatMap((values) => this.#few(this.#targetsOf(values)));
    }
    if (flow.kind === 'called')
      return source.kind === 'call' ? this.#few(this.#targetsOf(this.#analysis.evaluate(source.callee, place))) : [];
    const values = this.#analysis.evaluate(source, place);
    const { iterate, next, enter, leave } = this.#protocols;
    const methods = (of: ReadonlySet<AbstractValue>, names: readonly string[]): Declaration[] =>
      names.flatMap((name) => this.#few(this.#targetsOf(this.#analysis.memberOf(instancesOf(of), name))));
    if (flow.kind === 'entered') return methods(values, [...enter, ...leave]);
    const iterators = methods(values, [iterate, '__aiter__']);
    return [...iterators, ...this.#nextOf(values, iterators, [next, '__anext__'])];
  }

  /** `__next__` of what iterating gives. */
  #nextOf(
    values: ReadonlySet<AbstractValue>,
    iterators: readonly Declaration[],
    names: readonly string[],
  ): Declaration[] {
    if (iterators.length === 0) return [];
    const results = this.#analysis.resultsOf(instancesOf(values), iterators);
    return names.flatMap((name) => this.#few(this.#targetsOf(this.#analysis.memberOf(instancesOf(results), name))));
  }

  #calleeOf({ receiver, name }: Reference): ValueExpression {
    return this.#flow.expressions.parse(receiver === null || receiver === '' ? name : `${receiver}.${name}`);
  }

  #few({ declarations, isMany }: CallTargets): readonly Declaration[] {
    return isMany ? [] : declarations;
  }

  /** `map(f, items)` runs f; `next(cursor)` runs a method of it. */
  #calledByBuiltin(callee: ValueExpression, reference: Reference, place: Place): CallTargets {
    const { callers, methodCallers } = this.#protocols;
    const name = lastName(callee);
    const given = this.#flow.expressions.parseArguments(reference.arguments);
    const positional = given.filter((each) => each.name === undefined);
    const caller = callers.get(name);
    if (caller !== undefined) {
      const argument = given.find((each) => each.name === caller.keyword) ?? positional[caller.position];
      return argument === undefined ? NO_TARGETS : this.#targetsOf(this.#analysis.evaluate(argument.value, place));
    }
    const method = callee.kind === 'name' ? methodCallers.get(name) : undefined;
    const [first] = positional;
    if (method === undefined || first === undefined) return NO_TARGETS;
    const objects = instancesOf(this.#analysis.evaluate(first.value, place));
    return this.#targetsOf(this.#analysis.memberOf(objects, method));
  }

  #targetsOf(values: ReadonlySet<AbstractValue>, depth = 0): CallTargets {
    const declarations = new Set<Declaration>();
    let isMany = false;
    for (const value of values) {
      if (value.kind === 'many') isMany = true;
      else if (value.kind === 'function' || value.kind === 'class') declarations.add(value.declaration);
      else if (value.kind === 'instance' && depth < 2) {
        const called = this.#analysis.memberOf(new Set([value]), this.#protocols.call);
        for (const each of this.#targetsOf(called, depth + 1).declarations) declarations.add(each);
      } else if (value.kind === 'partial' && depth < 2) {
        for (const each of this.#targetsOf(new Set([value.target]), depth + 1).declarations) declarations.add(each);
      }
    }
    return {
      declarations: [...declarations],
      replaced: [...this.#flow.replaced],
      isOutside: false,
      isMany: isMany || declarations.size > MAX_TARGETS,
    };
  }

  // --- the pass ----------------------------------------------------------------------------------------------------

  #addTasks(file: FileScope): void {
    for (const flow of file.parsed.flows ?? []) {
      const task = this.#taskOf(file, flow);
      if (task !== undefined) this.#addTask(task);
    }
    for (const reference of file.parsed.references) {
      if (reference.kind !== 'calls') continue;
      const place = { file, scope: functionScope(file, reference.enclosing) };
      const callee = this.#calleeOf(reference);
      if (reference.arguments === undefined) {
        // Reading a function of a class through an object makes it a method: its first parameter is that object.
        if (callee.kind === 'member') this.#addTask(() => void this.#analysis.evaluate(callee, place));
        continue;
      }
      const given = this.#flow.expressions.parseArguments(reference.arguments);
      this.#addTask(() => this.#targets.bindArguments(this.#analysis.evaluate(callee, place), given, place));
      this.#addCallbackTask(callee, given, place);
      const name = lastName(callee);
      if (name === 'partial') this.#addTask(() => this.#targets.bindPartial(given, place));
      if (name === 'setattr') this.#addTask(() => this.#targets.setAttribute(given, place));
    }
    for (const declaration of file.declarations) {
      if (isType(declaration)) this.#analysis.addClass(declaration);
      if (
        this.#flow.functions.factsOf(declaration).decorators.length > 0 &&
        (isCallable(declaration) || isType(declaration))
      )
        this.#addTask(() => this.#targets.decorate(declaration));
    }
  }

  /** `map(f, items)` gives f the items. */
  #addCallbackTask(callee: ValueExpression, given: readonly Argument[], place: Place): void {
    const caller = this.#protocols.callers.get(lastName(callee));
    if (caller === undefined || callee.kind !== 'name') return;
    const called = given.find((each) => each.name === caller.keyword) ?? given[caller.position];
    const items = given.find((each) => each !== called);
    if (called === undefined || items === undefined) return;
    this.#addTask(() => {
      const values = this.#analysis.iterate(this.#analysis.evaluate(items.value, place), 0);
      const passed = [{ name: undefined, value: { kind: 'given', values } }] as const;
      this.#targets.bindArguments(this.#analysis.evaluate(called.value, place), passed, place);
    });
  }

  #taskOf(file: FileScope, { kind, target, value, scope: written }: ValueFlow): Task | undefined {
    const analysis = this.#analysis;
    const scope = functionScope(file, written);
    const declaration = file.declarations[scope];
    const place = { file, scope };
    if (kind === 'outer' || kind === 'decorated' || (kind === 'entered' && target === '')) return undefined;
    const source = this.#flow.expressions.parse(value);
    if (source.kind === 'unknown') return undefined;
    if (kind === 'returned' || kind === 'yielded' || kind === 'delegated') {
      if (declaration === undefined) return undefined;
      if (kind === 'returned')
        return () => this.#flow.slots.add(resultSlot(declaration), analysis.evaluate(source, place));
      const slot = yieldSlot(declaration);
      return kind === 'yielded'
        ? () => this.#flow.slots.add(slot, analysis.evaluate(source, place))
        : () => this.#flow.slots.add(slot, analysis.iterate(analysis.evaluate(source, place), 0));
    }
    if (kind === 'called') {
      if (source.kind !== 'call') return undefined;
      return () => this.#targets.bindArguments(analysis.evaluate(source.callee, place), source.arguments, place);
    }
    if (kind === 'instance') return () => this.#targets.narrow(target, analysis.evaluate(source, place), place);
    const goal = this.#flow.expressions.parse(target);
    if (kind === 'element')
      return () => this.#targets.assign(goal, analysis.iterate(analysis.evaluate(source, place), 0), place);
    if (kind === 'entered')
      return () => this.#targets.assign(goal, analysis.entered(analysis.evaluate(source, place)), place);
    const named = source.kind === 'lambda' ? namedLambda(file, scope, target) : undefined;
    if (named !== undefined && source.kind === 'lambda') {
      const inside = { file, scope: named.index };
      return () => this.#flow.slots.add(resultSlot(named), analysis.evaluate(source.result, inside));
    }
    return () => this.#targets.assign(goal, analysis.evaluate(source, place), place);
  }

  #addTask(task: Task): void {
    this.#tasks.push(task);
    this.#repetitions.push(0);
    this.#enqueue(this.#tasks.length - 1);
  }

  #enqueue(task: number): void {
    if (this.#queued.has(task) || (this.#repetitions[task] ?? 0) >= MAX_REPETITIONS) return;
    this.#queued.add(task);
    this.#queue.push(task);
  }

  #run(): void {
    for (let at = 0; at < this.#queue.length; at++) {
      const id = this.#queue[at] ?? -1;
      this.#queued.delete(id);
      this.#repetitions[id] = (this.#repetitions[id] ?? 0) + 1;
      this.#flow.slots.reader = id;
      this.#tasks[id]?.();
    }
    this.#flow.slots.freeze();
  }
}

const instancesOf = (values: ReadonlySet<AbstractValue>): ReadonlySet<AbstractValue> =>
  new Set([...values].filter(({ kind }) => kind === 'instance' || kind === 'many'));

/** What edges to the declarations depend on. */
const idsOf = (declarations: readonly Declaration[]): string =>
  declarations.map(({ id, definition }) => `${definition.kind} ${id}`).join(' ');

/** `f = lambda …` is a function of that name. */
function namedLambda(file: FileScope, scope: number, name: string): Declaration | undefined {
  const members = scope < 0 ? file.members : file.declarations[scope]?.members;
  return members?.get(name)?.find((each) => isCallable(each) && /=\s*lambda\b/u.test(each.definition.signature));
}
