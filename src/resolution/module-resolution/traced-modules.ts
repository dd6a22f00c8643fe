import { hashText, importsKey } from '../dependencies.ts';
import type { DependencyRecorder, ModuleQuestion, QuestionArgument } from '../dependencies.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import { lookAtDeclaration } from '../tracked-scope.ts';
import type { ModuleSystem } from './module-system.ts';

/** Methods whose answers depend on their arguments alone. */
const PURE_METHODS = new Set(['externalPackage']);

/**
 * A module system that notes every question with a digest of its answer, whatever methods it has: later the questions
 * are put again, and a file is resolved anew where an answer differs.
 */
export function traceModules(family: string, system: ModuleSystem, recorder: DependencyRecorder): ModuleSystem {
  const traced: Record<string, unknown> = {};
  const answers = new AnswerTable();
  for (const name of propertiesOf(system)) {
    const value: unknown = Reflect.get(system, name);
    traced[name] =
      typeof value !== 'function' || PURE_METHODS.has(name)
        ? bound(value, system)
        : (...given: unknown[]): unknown =>
            ask(family, name, given, () => Reflect.apply(value, system, given), answers, recorder);
  }
  // It has every property of the system, under the same names.
  return traced as unknown as ModuleSystem;
}

/**
 * Puts a question again.
 *
 * @returns The digest of today's answer; undefined where a file it is about is gone.
 */
export function askAgain(
  { method, arguments: given }: ModuleQuestion,
  system: ModuleSystem,
  byPath: ReadonlyMap<string, FileScope>,
): number | undefined {
  const values: unknown[] = [];
  for (const argument of given) {
    const found = valuesOf(argument, byPath);
    if (found === undefined) return undefined;
    values.push(found.value);
  }
  const asked: unknown = Reflect.get(system, method);
  return typeof asked === 'function' ? digest(Reflect.apply(asked, system, values)) : undefined;
}

function valuesOf(
  argument: QuestionArgument,
  byPath: ReadonlyMap<string, FileScope>,
): { readonly value: unknown } | undefined {
  if ('value' in argument) return { value: argument.value };
  if ('file' in argument) {
    const value = byPath.get(argument.file);
    return value === undefined ? undefined : { value };
  }
  const value: Declaration[] = [];
  for (const [path, id] of argument.declarations) {
    const found = byPath.get(path)?.declarations.find((declaration) => declaration.id === id);
    if (found === undefined) return undefined;
    value.push(found);
  }
  return { value };
}

function propertiesOf(system: ModuleSystem): string[] {
  const names = new Set<string>(Object.keys(system));
  const prototype: unknown = Object.getPrototypeOf(system);
  if (prototype !== Object.prototype && typeof prototype === 'object' && prototype !== null) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

function bound(value: unknown, system: ModuleSystem): unknown {
  return typeof value === 'function' ? (...given: unknown[]): unknown => Reflect.apply(value, system, given) : value;
}

function ask(
  family: string,
  method: string,
  given: readonly unknown[],
  work: () => unknown,
  answers: AnswerTable,
  recorder: DependencyRecorder,
): unknown {
  const asked = answers.of(method, given);
  asked.known ??= { answer: recorder.paused(work) };
  const { answer } = asked.known;
  if (!recorder.isRecording) return answer;
  asked.question ??= { family, method, arguments: given.map(argumentOf), answer: digest(answer) };
  if (recorder.hasAsked(asked.question)) return answer;
  recorder.asked(asked.question, asked.question);
  if (method !== 'resolve') {
    // Answers may be made from what the file itself imports; where contents are not read again, that tells.
    for (const { parsed } of given.filter(isFile)) {
      if (recorder.isForeign(parsed.path)) recorder.look(importsKey(parsed.path));
    }
  }
  eachDeclaration(answer, (declaration) => lookAtDeclaration(recorder, declaration));
  return answer;
}

interface Asked {
  known?: { readonly answer: unknown } | undefined;
  question?: ModuleQuestion | undefined;
  readonly further: Map<unknown, Asked>;
}

/** What a module system has answered: it sees one state of the project, so that its answers do not change. */
class AnswerTable {
  readonly #root: Asked = { further: new Map() };

  /** The place of a question; lists are told apart by what is in them. */
  of(method: string, given: readonly unknown[]): Asked {
    let at = next(this.#root, method);
    for (const value of given) {
      at = next(at, Array.isArray(value) ? value.length : value);
      if (Array.isArray(value)) for (const item of value) at = next(at, item);
    }
    return at;
  }
}

function next({ further }: Asked, key: unknown): Asked {
  let found = further.get(key);
  if (found === undefined) further.set(key, (found = { further: new Map() }));
  return found;
}

function argumentOf(value: unknown): QuestionArgument {
  if (isFile(value)) return { file: value.parsed.path };
  if (!Array.isArray(value) || !value.every(isDeclaration)) return { value };
  return { declarations: value.map(({ file, id }) => [file.parsed.path, id] as const) };
}

function isFile(value: unknown): value is FileScope {
  return typeof value === 'object' && value !== null && 'parsed' in value && 'declarations' in value;
}

function isDeclaration(value: unknown): value is Declaration {
  return typeof value === 'object' && value !== null && 'definition' in value && 'file' in value && 'id' in value;
}

const digest = (answer: unknown): number => hashText(describe(answer));

/** An answer as text: files and declarations by their names. */
function describe(value: unknown): string {
  if (isFile(value)) return `file ${value.parsed.path}`;
  if (isDeclaration(value)) return `declaration ${value.id}`;
  if (Array.isArray(value)) return `[${value.map(describe).join()}]`;
  if (value instanceof Map || value instanceof Set) return `{${[...value].map(describe).join()}}`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, field]) => `${key}:${describe(field)}`)
      .join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function eachDeclaration(value: unknown, visit: (declaration: Declaration) => void): void {
  if (isDeclaration(value)) visit(value);
  else if (isFile(value)) return;
  else if (Array.isArray(value) || value instanceof Set) for (const item of value) eachDeclaration(item, visit);
  else if (value instanceof Map) for (const item of value.values()) eachDeclaration(item, visit);
  else if (typeof value === 'object' && value !== null) {
    for (const field of Object.values(value)) eachDeclaration(field, visit);
  }
}
