import { namesModule } from '../scan-globals.ts';
import { currentName, findEffect, isHostileName, type KnownEffect } from './known-effects.ts';
import type { PickleIntent } from './pickle-intent.ts';
import { tracePickle, type Trace } from './trace-pickle.ts';
import { shownText, type TraceCall, type TraceValue } from './trace-values.ts';

/** How deep into its arguments a call is told. */
const MAX_TOLD_DEPTH = 3;
/** How many items of a list are told. */
const MAX_TOLD_ITEMS = 6;
/** How many steps of `a.b().c` are followed. */
const MAX_CHAIN = 8;

/** Which pickle, and what in it is no matter of concern. */
export interface DescribeIntentOptions {
  /** Absolute position of the pickle in the file. */
  readonly byteOffset: number;
  /** By `module name`, with the space. */
  readonly allowedGlobals: ReadonlyMap<string, unknown>;
}

/** What a value is called in Python, as far as that can be told: attributes and imports are followed. */
function pathOf(value: TraceValue | undefined, depth = 0): string | undefined {
  if (value?.kind === 'name') return currentName(value.module, value.name);
  if (value?.kind !== 'call' || depth === MAX_CHAIN) return undefined;
  const callee = pathOf(value.callee, depth + 1);
  const [first, second] = value.args;
  if (callee === 'builtins.getattr' && second?.kind === 'text')
    return `${pathOf(first, depth + 1) ?? '…'}.${second.text}`;
  if (callee === 'operator.getitem' || callee === '_operator.getitem')
    return second?.kind === 'text' ? `${pathOf(first, depth + 1) ?? '…'}[${second.text}]` : undefined;
  if (/^(?:builtins\.__import__|importlib\.import_module)$/.test(callee ?? '') && first?.kind === 'text')
    return first.text;
  if (callee !== undefined && PASSES_ON.test(callee)) return pathOf(first, depth + 1);
  return callee === undefined ? undefined : `${callee}()`;
}

/** Functions that call their first argument. */
const PASSES_ON =
  /^(?:functools|_functools|itertools|builtins|operator|_operator)\.(?:partial|reduce|map|filter|apply|starmap|call)$/;

/** What a `functools.partial` was given before it is called. */
function givenBefore({ args, state }: TraceCall): readonly TraceValue[] {
  const [, kept] = state?.kind === 'items' ? state.items : [];
  return kept?.kind === 'items' ? kept.items : args.slice(1);
}

/** `map(f, [x])` and `partial(f, x)()` stand for `f(x)`. */
function withoutDetour({ callee, args, makesObject }: TraceCall): TraceCall {
  const path = pathOf(callee);
  if (callee.kind === 'call' && PASSES_ON.test(pathOf(callee.callee) ?? ''))
    return { kind: 'call', makesObject, callee, args: [...givenBefore(callee), ...args] };
  const [first, ...rest] = args;
  if (callee.kind === 'name' && first !== undefined && path !== undefined && PASSES_ON.test(path))
    return {
      kind: 'call',
      makesObject,
      callee: first,
      args: rest.flatMap((value) => (value.kind === 'items' ? value.items : [value])),
    };
  return { kind: 'call', makesObject, callee, args };
}

function toldValue(value: TraceValue, depth = 0): string {
  if (value.kind === 'text') return `'${shownText(value.text)}'`;
  if (value.kind === 'literal') return shownText(value.text, 20);
  if (value.kind === 'name') return shownText(pathOf(value) ?? '…');
  if (depth === MAX_TOLD_DEPTH) return '…';
  if (value.kind === 'call') return `${shownText(pathOf(value.callee) ?? '…')}(${toldItems(value.args, depth + 1)})`;
  return `${value.brackets[0] ?? ''}${toldItems(value.items, depth + 1)}${value.brackets[1] ?? ''}`;
}

function toldItems(items: readonly TraceValue[], depth: number): string {
  const told = items.slice(0, MAX_TOLD_ITEMS).map((item) => toldValue(item, depth));
  return [...told, ...(items.length > MAX_TOLD_ITEMS ? ['…'] : [])].join(', ');
}

/** The first text among the arguments, also inside calls and containers: `eval(compile('…'))`. */
function firstText(values: readonly TraceValue[], depth = 0): string | undefined {
  for (const value of values.slice(0, MAX_TOLD_ITEMS)) {
    if (value.kind === 'text') return value.text;
    if (depth === MAX_TOLD_DEPTH) continue;
    const inner = value.kind === 'items' ? value.items : value.kind === 'call' ? value.args : [];
    const text = firstText(inner, depth + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A command line: the text, or the words of the last list that has some (`execv(path, [words])`). */
function commandLine(args: readonly TraceValue[]): string | undefined {
  for (const value of args.toReversed()) {
    if (value.kind !== 'items') continue;
    const words = value.items.filter((item) => item.kind === 'text');
    if (words.length > 0) return words.map(({ text }) => text).join(' ');
  }
  const words = args.filter((item) => item.kind === 'text');
  return words.length === 0 ? undefined : words.map(({ text }) => text).join(' ');
}

function effectInWords({ words, form }: KnownEffect, path: string, args: readonly TraceValue[]): string {
  if (form === 'none') return `${words} (${shownText(path)})`;
  const text = form === 'command' ? commandLine(args) : firstText(args);
  return text === undefined
    ? `called ${shownText(path)}(${shownText(toldItems(args, 0), 160)})`
    : `${words} \`${shownText(text)}\``;
}

function deedInWords({ subject, deed }: Trace): string {
  if (deed === undefined) return `imported the module ${shownText(subject.module)} for it`;
  const { callee, args } = withoutDetour(deed);
  const path = pathOf(callee);
  const effect = path === undefined ? undefined : findEffect(path);
  if (path !== undefined && effect !== undefined) return effectInWords(effect, path, args);
  if (path === 'builtins.getattr' && args[1]?.kind === 'text') {
    const owner = pathOf(args[0]) ?? toldValue(args[0] ?? args[1]);
    return `taken the attribute ${shownText(args[1].text)} of ${shownText(owner)}`;
  }
  if (deed.makesObject) return `made an object of the class ${shownText(path ?? '…')}`;
  return `called ${shownText(path ?? '…')}(${shownText(toldItems(args, 0), 160)})`;
}

/**
 * Tells what a pickle asks for outside of an allow-list, and what that would do in Python: of what only an attack needs
 * if there is any, else of the first. Executes nothing; literals are cut short and have no control characters left.
 *
 * @param bytes - The pickle, or the start of it.
 * @returns Undefined when nothing outside of the allow-list is found.
 */
export function describeIntent(
  bytes: Uint8Array,
  { byteOffset, allowedGlobals }: DescribeIntentOptions,
): PickleIntent | undefined {
  const isForbidden = (module: string, name: string): boolean => !allowedGlobals.has(`${module} ${name}`);
  const hostile = tracePickle(
    bytes,
    byteOffset,
    (module, name) => isForbidden(module, name) && isHostileName(module, name),
  );
  const trace = hostile ?? tracePickle(bytes, byteOffset, isForbidden);
  if (trace === undefined) return undefined;
  const { module, name, byteOffset: at } = trace.subject;
  // Only for the wording: whole modules are what people save by mistake.
  const isWholeModule = hostile === undefined && namesModule(bytes, 'torch.nn.modules.');
  return {
    module,
    name,
    byteOffset: at,
    wouldHave: deedInWords(trace),
    kind: hostile !== undefined ? 'hostile' : isWholeModule ? 'whole-module' : 'unknown',
  };
}
