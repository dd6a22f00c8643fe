import { outerScope } from '../../project-index.ts';
import { readExpression, type ScriptExpression } from './script-expression.ts';
import type { BoundType, CallableObject, Environment, ScriptMember, ScriptValue } from './script-value.ts';
import { bind, parametersOf, typeParametersOf } from './signature-types.ts';
import type { ParameterNode } from './type-node.ts';
import { readType } from './type-reader.ts';

/** What the types of parameters need of the inference of values. */
export interface ContextEvaluator {
  evaluate(expression: ScriptExpression, environment: Environment): ScriptValue | undefined;
  ofType(node: BoundType['node'], environment: Environment): ScriptValue | undefined;
  memberOf(value: ScriptValue, name: string): ScriptMember;
  valueOfMember(member: ScriptMember): ScriptValue | undefined;
  callSignature(value: CallableObject): ScriptValue | undefined;
}

/** Methods of collections that call a function, and which of its parameters are elements. */
const ELEMENT_PARAMETERS: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...'map forEach filter find findLast findIndex findLastIndex some every flatMap partition'
    .split(' ')
    .map((name): [string, readonly number[]] => [name, [0]]),
  ['sort', [0, 1]],
  ['toSorted', [0, 1]],
  ['reduce', [1]],
  ['reduceRight', [1]],
]);

/**
 * The value of a parameter without a type, by where its function is used.
 *
 * @param text - As `TypedName` writes it behind `=> `: `0.1 operate`, `0:next.0 observe`, `.0 Handler`, and `0.1.pool open`
 *   for what a pattern takes out of the parameter.
 */
export function contextualParameter(
  text: string,
  environment: Environment,
  evaluator: ContextEvaluator,
): ScriptValue | undefined {
  const [, path = '', key, source = ''] = /^([^ .]*\.\d+)(?:\.([^ ]+))? (.*)$/su.exec(text) ?? [];
  const value = wholeParameter(path, source, environment, evaluator);
  return key === undefined || value === undefined ? value : evaluator.valueOfMember(evaluator.memberOf(value, key));
}

/** A parameter, not what is taken out of it. */
function wholeParameter(
  path: string,
  source: string,
  environment: Environment,
  evaluator: ContextEvaluator,
): ScriptValue | undefined {
  const [, argument = '', property, parameter = ''] = /^(\d*|\^)(?::([^.]*))?\.(\d+)$/u.exec(path) ?? [];
  const at = Number(parameter);
  const memberOf = (value: ScriptValue | undefined): ScriptValue | undefined =>
    property === undefined || value === undefined
      ? value
      : evaluator.valueOfMember(evaluator.memberOf(value, property));
  if (argument === '^')
    return parameterOf(memberOf(givenBack(environment, evaluator, property !== undefined)), at, evaluator);
  if (argument === '') return parameterOf(memberOf(evaluator.ofType(readType(source), environment)), at, evaluator);
  const expression = readExpression(source);
  if (expression === undefined) return undefined;
  const given = givenTo(expression, Number(argument), at, environment, evaluator);
  if (given.kind === 'parameter') return given.value;
  return parameterOf(memberOf(given.value), at, evaluator);
}

/** The declared result of the function a function is written in directly. */
function givenBack(
  { file, scope }: Environment,
  evaluator: ContextEvaluator,
  isMethod: boolean,
): ScriptValue | undefined {
  const outer = file.declarations[scope < -1 ? outerScope(file, scope) : scope];
  // A method of the object that is given back is a definition of its own.
  const around = isMethod ? (outer?.parent ?? undefined) : outer;
  const { typeName = '' } = around?.definition ?? {};
  return around === undefined || typeName === '' || typeName.startsWith('=')
    ? undefined
    : evaluator.ofType(readType(typeName), { file, scope: around.index });
}

type Given =
  /** What the function is given as: its type. */
  | { readonly kind: 'function'; readonly value: ScriptValue | undefined }
  /** What its parameter is. */
  | { readonly kind: 'parameter'; readonly value: ScriptValue | undefined };

function givenTo(
  expression: ScriptExpression,
  argument: number,
  at: number,
  environment: Environment,
  evaluator: ContextEvaluator,
): Given {
  if (expression.kind === 'member') {
    const object = evaluator.evaluate(expression.object, environment);
    if (object === undefined) return { kind: 'parameter', value: undefined };
    if (object.kind === 'list') {
      const isElement = argument === 0 && ELEMENT_PARAMETERS.get(expression.name)?.includes(at) === true;
      const { node, environment: own } = object.element;
      return { kind: 'parameter', value: isElement ? evaluator.ofType(node, own) : undefined };
    }
    const member = evaluator.memberOf(object, expression.name);
    // Promises are known as what they give.
    if (expression.name === 'then' && member.kind !== 'declarations')
      return { kind: 'parameter', value: argument === 0 && at === 0 ? object : undefined };
    return { kind: 'function', value: argumentOf(evaluator.valueOfMember(member), argument, evaluator) };
  }
  const callee = expression.kind === 'new' ? expression.callee : expression;
  return { kind: 'function', value: argumentOf(evaluator.evaluate(callee, environment), argument, evaluator) };
}

/** The declared type of an argument. */
function argumentOf(value: ScriptValue | undefined, at: number, evaluator: ContextEvaluator): ScriptValue | undefined {
  return parameterOf(value, at, evaluator);
}

/** The declared type of a function's parameter. */
function parameterOf(value: ScriptValue | undefined, at: number, evaluator: ContextEvaluator): ScriptValue | undefined {
  switch (value?.kind) {
    case 'function':
      return typeOf(value.node.parameters, at, value.environment, evaluator);
    case 'callable':
      for (const declaration of value.declarations) {
        const own = { file: declaration.file, scope: declaration.index, bindings: value.bindings, self: value.self };
        const found = typeOf(parametersOf(declaration), at, own, evaluator);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'class':
      for (const declaration of value.type.members.get('constructor') ?? []) {
        const bindings = bind(typeParametersOf(value.type), [], { file: value.type.file, scope: value.type.index });
        const own = { file: declaration.file, scope: declaration.index, bindings };
        const found = typeOf(parametersOf(declaration), at, own, evaluator);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'instance':
    case 'structure':
      return parameterOf(evaluator.callSignature(value), at, evaluator);
    case 'union':
      for (const each of value.values) {
        const found = parameterOf(each, at, evaluator);
        if (found !== undefined) return found;
      }
      return undefined;
    default:
      return undefined;
  }
}

function typeOf(
  parameters: readonly ParameterNode[],
  at: number,
  environment: Environment,
  evaluator: ContextEvaluator,
): ScriptValue | undefined {
  const last = parameters.at(-1);
  const parameter = parameters[at] ?? (last?.isRest === true ? last : undefined);
  if (parameter?.type === undefined) return undefined;
  const value = evaluator.ofType(parameter.type, environment);
  if (!parameter.isRest || value?.kind !== 'list') return value;
  return evaluator.ofType(value.element.node, value.element.environment);
}
