import { definitionAt, isCallable, isType, outerScope, sameNamed } from '../../project-index.ts';
import type { Declaration, FileScope } from '../../project-index.ts';
import type { ImportTable } from '../import-table.ts';
import type { LexicalScope } from '../lexical-scope.ts';
import type { Lookup } from '../lookup.ts';
import type { TypeHierarchy } from '../type-hierarchy.ts';
import { contextualParameter, type ContextEvaluator } from './contextual-parameter.ts';
import { readExpression, type ScriptExpression } from './script-expression.ts';
import { isStaticSignature } from './member-signature.ts';
import { ScriptMembers } from './script-members.ts';
import { ABSENT, EXTERNAL_MEMBER, EXTERNAL_VALUE, unionOf } from './script-value.ts';
import type { Bindings, BoundType, CallableObject, Environment, ScriptMember, ScriptValue } from './script-value.ts';
import { bind, typeParametersOf } from './signature-types.ts';
import { CONTAINER_METHODS, ELEMENT_METHODS } from '../container-methods.ts';
import { ScriptTypes } from './script-types.ts';
import { guardIn, splitAlternatives } from './split-alternatives.ts';
import { CALL_SIGNATURE } from './type-node.ts';
import { readType } from './type-reader.ts';

/** Longer chains of members, aliases and types are not followed. */
const MAX_DEPTH = 40;

/** The receiver tier of TypeScript and JavaScript: what expressions stand for, by types with their arguments. */
export class ScriptInference implements ContextEvaluator {
  readonly #lexical: LexicalScope;
  readonly #imports: ImportTable;
  readonly #members: ScriptMembers;
  readonly #types: ScriptTypes;
  readonly #values = new Map<FileScope, Map<number, Map<string, ScriptValue | undefined>>>();
  #depth = 0;

  constructor(lexical: LexicalScope, imports: ImportTable, types: TypeHierarchy) {
    this.#lexical = lexical;
    this.#imports = imports;
    this.#types = new ScriptTypes(lexical, types, this);
    this.#members = new ScriptMembers(this.#types);
  }

  /** What a receiver, as written, has under a name; undefined where the receiver is not known. */
  member(receiver: string, name: string, file: FileScope, scope: number): ScriptMember | undefined {
    const expression = readExpression(receiver);
    const value = expression === undefined ? undefined : this.evaluate(expression, { file, scope });
    return value === undefined ? undefined : this.memberOf(value, name);
  }

  /** What is called where a local name is: a function that was taken out of an object. */
  calledLocal({ typeName, file, scope }: Extract<Lookup, { kind: 'local' }>): readonly Declaration[] {
    const isTakenOut = typeName.startsWith('= ') ? typeName.includes('.') : TAKEN_OUT_OF_PARAMETER.test(typeName);
    const value = isTakenOut ? this.ofText(typeName, { file, scope }) : undefined;
    return value?.kind === 'callable' ? value.declarations : [];
  }

  /** A member of a value. */
  memberOf(value: ScriptValue, name: string): ScriptMember {
    switch (value.kind) {
      case 'external':
        return EXTERNAL_MEMBER;
      case 'list':
        return value.name === 'Record' ? { kind: 'value', value: this.#elementOf(value) } : EXTERNAL_MEMBER;
      case 'function':
        return ABSENT;
      case 'module':
        return this.#moduleMember(value, name);
      case 'object':
        return declaredIn(value.declarations, name, value);
      case 'callable':
        return this.#functionMember(value, name);
      case 'structure': {
        const node = value.node.members.get(name);
        return node === undefined ? ABSENT : { kind: 'value', value: this.ofType(node, value.environment) };
      }
      case 'union':
        return this.#unionMember(value, name);
      default:
        return this.#members.find(value, name);
    }
  }

  /** The value of an expression. */
  evaluate(expression: ScriptExpression, environment: Environment): ScriptValue | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    const value = this.#evaluate(expression, environment);
    this.#depth--;
    return value;
  }

  /** The value of a type. */
  ofType(node: BoundType['node'], environment: Environment): ScriptValue | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    const value = this.#types.valueOf(node, environment);
    this.#depth--;
    return value;
  }

  /** The value of what a {@link TypedName} or definition says of its type. */
  ofText(text: string, environment: Environment): ScriptValue | undefined {
    if (text === '' || this.#depth >= MAX_DEPTH) return undefined;
    // With bindings the same text means something else each time.
    if (environment.bindings !== undefined || environment.self !== undefined) return this.#ofText(text, environment);
    const known = this.#valuesAt(environment);
    if (known.has(text)) return known.get(text);
    // Names that are made of each other (`x = x.next()`) end here.
    known.set(text, undefined);
    const value = this.#ofText(text, environment);
    known.set(text, value);
    return value;
  }

  #valuesAt({ file, scope }: Environment): Map<string, ScriptValue | undefined> {
    let scopes = this.#values.get(file);
    if (scopes === undefined) this.#values.set(file, (scopes = new Map()));
    let values = scopes.get(scope);
    if (values === undefined) scopes.set(scope, (values = new Map()));
    return values;
  }

  #ofText(text: string, environment: Environment): ScriptValue | undefined {
    const alternatives = splitAlternatives(text);
    if (alternatives.length > 1) {
      const values = alternatives.map((part) => this.ofText(part, environment));
      // A name that is given several values is known where all of them are.
      return values.includes(undefined) ? undefined : unionOf(values);
    }
    if (text.startsWith('=> ')) return contextualParameter(text.slice(3), environment, this);
    if (text === '{}') {
      const declaration = definitionAt(environment.file, environment.scope);
      return declaration === undefined ? undefined : { kind: 'object', declarations: [declaration] };
    }
    if (text.startsWith('= (_ as ')) return this.#ofKey(text, environment);
    const isExpression = text.startsWith('= ') || (text.endsWith(')') && !text.startsWith('('));
    if (!isExpression) return this.ofType(readType(text), environment);
    const expression = readExpression(text.startsWith('= ') ? text.slice(2) : text);
    return expression === undefined ? undefined : this.evaluate(expression, environment);
  }

  /** `= (_ as Options).pool`: a member of a type. */
  #ofKey(text: string, environment: Environment): ScriptValue | undefined {
    const end = text.lastIndexOf(').');
    const owner = this.ofType(readType(text.slice('= (_ as '.length, end)), environment);
    return owner === undefined ? undefined : this.valueOfMember(this.memberOf(owner, text.slice(end + 2)));
  }

  #evaluate(expression: ScriptExpression, environment: Environment): ScriptValue | undefined {
    switch (expression.kind) {
      case 'literal':
        return EXTERNAL_VALUE;
      case 'cast':
        return this.ofType(readType(expression.type), environment);
      case 'either':
        return unionOf(expression.options.map((option) => this.evaluate(option, environment)));
      case 'name':
        return this.#name(expression.name, environment);
      case 'member': {
        const object = this.evaluate(expression.object, environment);
        return object === undefined ? undefined : this.valueOfMember(this.memberOf(object, expression.name));
      }
      case 'index':
        return this.#elementOf(this.evaluate(expression.object, environment));
      case 'new':
        return this.#created(this.evaluate(expression.callee, environment), expression, environment);
      default:
        return this.#called(expression, environment);
    }
  }

  #elementOf(value: ScriptValue | undefined): ScriptValue | undefined {
    if (value?.kind === 'list') return this.ofType(value.element.node, value.element.environment);
    if (value?.kind === 'union') return unionOf(value.values.map((each) => this.#elementOf(each)));
    return value?.kind === 'external' ? value : undefined;
  }

  #created(
    value: ScriptValue | undefined,
    { callee, typeArguments }: Extract<ScriptExpression, { kind: 'new' }>,
    environment: Environment,
  ): ScriptValue | undefined {
    // `new Map<string, Pool>()` is read as the type it makes.
    const name = nameOf(callee);
    if (value?.kind === 'external' && name !== undefined)
      return this.ofType(readType(typeArguments === '' ? name : `${name}<${typeArguments}>`), environment);
    if (value?.kind !== 'class') return this.resultOf(value);
    return { kind: 'instance', type: value.type, bindings: this.#bound(value.type, typeArguments, environment) };
  }

  #bound(declaration: Declaration, typeArguments: string, environment: Environment): Bindings | undefined {
    const generic = typeParametersOf(declaration);
    if (generic.length === 0) return undefined;
    const node = typeArguments === '' ? undefined : readType(`_<${typeArguments}>`);
    const given = node?.kind === 'name' ? node.args.map((each) => ({ node: each, environment })) : [];
    return bind(generic, given, { file: declaration.file, scope: declaration.index });
  }

  #called(
    { callee, typeArguments }: Extract<ScriptExpression, { kind: 'call' }>,
    environment: Environment,
  ): ScriptValue | undefined {
    if (callee.kind === 'member') {
      const object = this.evaluate(callee.object, environment);
      const ofList = object === undefined ? undefined : this.#calledOnList(object, callee.name);
      if (ofList !== undefined) return ofList;
      if (object === undefined) return undefined;
      return this.resultOf(this.valueOfMember(this.memberOf(object, callee.name)), typeArguments, environment);
    }
    if (callee.kind === 'name' && callee.name === 'super') return this.#name('super', environment);
    return this.resultOf(this.evaluate(callee, environment), typeArguments, environment);
  }

  #calledOnList(value: ScriptValue, method: string): ScriptValue | undefined {
    if (value.kind !== 'list') return undefined;
    if (CONTAINER_METHODS.has(method)) return value;
    return (ELEMENT_METHODS.has(method) ? this.#elementOf(value) : undefined) ?? EXTERNAL_VALUE;
  }

  /** What calling or creating a value gives. */
  resultOf(value: ScriptValue | undefined, typeArguments = '', environment?: Environment): ScriptValue | undefined {
    switch (value?.kind) {
      case 'class':
        return { kind: 'instance', type: value.type };
      case 'callable':
        return this.#resultOfDeclarations(value, typeArguments, environment);
      case 'function':
        return this.ofType(value.node.result, value.environment);
      case 'instance':
      case 'structure':
        return this.resultOf(this.callSignature(value));
      case 'union':
        return unionOf(value.values.map((each) => this.resultOf(each, typeArguments, environment)));
      case 'external':
        return value;
      default:
        return undefined;
    }
  }

  /** The function an interface or structure is that can be called. */
  callSignature(value: CallableObject): ScriptValue | undefined {
    if (value.kind === 'structure') {
      const signature = value.node.members.get(CALL_SIGNATURE);
      return signature === undefined ? undefined : this.ofType(signature, value.environment);
    }
    const { type, bindings } = value;
    const { kind, typeName } = type.definition;
    if ((kind !== 'interface' && kind !== 'type') || typeName === undefined) return undefined;
    const written = readType(typeName);
    const node = written.kind === 'object' ? written.members.get(CALL_SIGNATURE) : written;
    return node === undefined ? undefined : this.ofType(node, { file: type.file, scope: type.index, bindings });
  }

  #resultOfDeclarations(
    { declarations, bindings, self }: Extract<ScriptValue, { kind: 'callable' }>,
    typeArguments: string,
    environment: Environment | undefined,
  ): ScriptValue | undefined {
    for (const declaration of declarations) {
      const { typeName } = declaration.definition;
      if (typeName === undefined || typeName === '') continue;
      const own = { file: declaration.file, scope: declaration.index, bindings, self };
      const generic = typeParametersOf(declaration);
      const node = typeArguments === '' || environment === undefined ? undefined : readType(`_<${typeArguments}>`);
      const given =
        node?.kind === 'name' ? node.args.map((each) => ({ node: each, environment: environment ?? own })) : [];
      const isPlain = generic.length === 0 || (given.length === 0 && bindings === undefined);
      return this.ofText(typeName, isPlain ? own : { ...own, bindings: bind(generic, given, own) });
    }
    return undefined;
  }

  #name(name: string, environment: Environment): ScriptValue | undefined {
    if (name === 'this' || name === 'super') return this.#self(name === 'super', environment);
    const { file, scope } = environment;
    const found = this.#lexical.find(file, scope, name);
    const guarded = this.#guarded(name, environment, found?.kind === 'local' ? found.scope : -1);
    const value = found === undefined ? undefined : this.#valueOfName(found, environment);
    return guarded === undefined ? value : unionOf([guarded, value], true);
  }

  #valueOfName(found: Lookup, environment: Environment): ScriptValue | undefined {
    if (found.kind !== 'local') return this.#valueOfLookup(found);
    const isOwn = found.file === environment.file && found.scope === environment.scope;
    return this.ofText(found.typeName, isOwn ? { ...environment } : { file: found.file, scope: found.scope });
  }

  /** What a name is known to be where `isPool(name)` holds. */
  #guarded(name: string, { file, scope }: Environment, declared: number): ScriptValue | undefined {
    for (let at = scope; at < -1 && at !== declared; at = outerScope(file, at)) {
      const text = file.typedNames.get(at)?.get(name);
      const guard = text === undefined ? undefined : guardIn(text);
      const value = guard === undefined ? undefined : this.#name(guard, { file, scope: outerScope(file, at) });
      const type = value?.kind === 'callable' ? this.#predicateOf(value.declarations) : undefined;
      if (type !== undefined) return type;
    }
    return undefined;
  }

  /** `Pool` of `function isPool(value: unknown): value is Pool`. */
  #predicateOf(declarations: readonly Declaration[]): ScriptValue | undefined {
    for (const { definition, file, index } of declarations) {
      const type = /^(?:asserts\s+)?[\w$]+\s+is\s+(.+)$/su.exec(definition.typeName ?? '')?.[1];
      if (type !== undefined) return this.ofType(readType(type), { file, scope: index });
    }
    return undefined;
  }

  #self(isSuper: boolean, environment: Environment): ScriptValue | undefined {
    const { file, scope } = environment;
    if (environment.self !== undefined && !isSuper) return environment.self;
    for (let index = scope; index !== -1; index = outerScope(file, index)) {
      // TypeScript: `function f(this: Pool)`.
      const typed = isSuper ? undefined : file.typedNames.get(index)?.get('this');
      if (typed !== undefined && typed !== '') return this.ofText(typed, { file, scope: index });
      const at = file.declarations[index];
      if (at === undefined) continue;
      if (isType(at)) return { kind: 'instance', type: at, isSuper };
      const { kind, signature } = at.definition;
      if (kind !== 'method' && kind !== 'property' && kind !== 'constructor') continue;
      const { parent } = at;
      if (parent !== null && isType(parent) && isStaticSignature(signature))
        return { kind: 'class', type: parent, isSuper };
      // An arrow function in an object has the `this` of the code around.
      if (parent !== null && !isType(parent) && isArrowProperty(signature)) continue;
      if (parent !== null && !isType(parent)) return isSuper ? undefined : this.#objectOf(parent);
    }
    return undefined;
  }

  /** What `this` is in a method of an object literal: the type the object is declared to have, else the object. */
  #objectOf(parent: Declaration): ScriptValue | undefined {
    const { kind, typeName } = parent.definition;
    if (kind !== 'constant' && kind !== 'variable' && kind !== 'field') return undefined;
    const scope = parent.definition.scope ?? parent.definition.parent;
    return typeName === undefined
      ? { kind: 'object', declarations: [parent] }
      : this.ofText(typeName, { file: parent.file, scope });
  }

  #moduleMember({ module }: Extract<ScriptValue, { kind: 'module' }>, name: string): ScriptMember {
    const found = this.#imports.exportOf(module, name);
    if (found === undefined) return ABSENT;
    if (found.kind === 'declarations') return { ...found, isImported: true };
    return { kind: 'value', value: this.#valueOfLookup(found) };
  }

  /** What a namespace of the same name, or an assignment, gives a function. */
  #functionMember(value: Extract<ScriptValue, { kind: 'callable' }>, name: string): ScriptMember {
    const homes = value.declarations.flatMap((declaration) => [...sameNamed(declaration), declaration]);
    const member = declaredIn([...new Set(homes)], name, undefined, isFunctionProperty);
    if (member.kind !== 'absent' || value.declarations.some(({ definition }) => definition.kind !== 'property'))
      return member;
    // A getter, used without a call.
    const result = this.resultOf(value);
    return result === undefined ? { kind: 'value', value: undefined } : this.memberOf(result, name);
  }

  #unionMember({ values, isIntersection }: Extract<ScriptValue, { kind: 'union' }>, name: string): ScriptMember {
    const members = values.map((value) => this.memberOf(value, name));
    const declared = members.filter((member) => member.kind === 'declarations');
    const [first] = declared;
    if (first !== undefined) {
      const known = members.filter(({ kind }) => kind === 'declarations' || kind === 'value');
      const parts = known.length > 1 ? { alternatives: known, isIntersection } : {};
      // What is of several types at once has the member of the first, and its value is of all their types.
      if (declared.length === 1 || isIntersection === true) return { ...first, ...parts };
      const declarations = [...new Set(declared.flatMap((member) => member.declarations))];
      return { kind: 'declarations', declarations, isUnion: true, ...parts };
    }
    const known = members.flatMap((member) => (member.kind === 'value' ? [member.value] : []));
    if (known.length > 0) return { kind: 'value', value: unionOf(known) };
    return members.some((member) => member.kind === 'external') ? EXTERNAL_MEMBER : ABSENT;
  }

  /** The value of a member. */
  valueOfMember(member: ScriptMember): ScriptValue | undefined {
    if (member.kind === 'value') return member.value;
    if (member.kind === 'external') return EXTERNAL_VALUE;
    if (member.kind === 'declarations' && member.alternatives !== undefined) {
      const values = member.alternatives.map((alternative) => this.valueOfMember(alternative));
      return unionOf(values, member.isIntersection);
    }
    return member.kind === 'declarations'
      ? this.valueOfDeclarations(member.declarations, member.bindings, member.self)
      : undefined;
  }

  #valueOfLookup(found: Lookup): ScriptValue | undefined {
    if (found.kind === 'external') return EXTERNAL_VALUE;
    if (found.kind === 'module') return { kind: 'module', module: found.module };
    if (found.kind === 'local') return this.ofText(found.typeName, { file: found.file, scope: found.scope });
    return this.valueOfDeclarations(found.declarations);
  }

  /** What a name stands for as a value. */
  valueOfDeclarations(
    declarations: readonly Declaration[],
    bindings?: Bindings,
    self?: ScriptValue,
  ): ScriptValue | undefined {
    const made = declarations.find(({ definition: { kind } }) => kind === 'class');
    if (made !== undefined) return { kind: 'class', type: made };
    const callables = declarations.filter((declaration) => isCallable(declaration));
    if (callables.length > 0) return { kind: 'callable', declarations: callables, bindings, self };
    const values = declarations.filter((declaration) => !isType(declaration));
    const results = values.map((value) => this.#valueOfVariable(value, bindings, self));
    const result = unionOf(results);
    if (result !== undefined) return result;
    const holders = values.filter(({ members }) => members.size > 0);
    if (holders.length > 0) return { kind: 'object', declarations: holders };
    const enumeration = declarations.find(({ definition: { kind } }) => kind === 'enum');
    return enumeration === undefined ? undefined : { kind: 'class', type: enumeration };
  }

  #valueOfVariable(declaration: Declaration, bindings?: Bindings, self?: ScriptValue): ScriptValue | undefined {
    const { definition, file, parent } = declaration;
    const scope = definition.scope ?? definition.parent;
    const typeName = definition.typeName ?? file.typedNames.get(scope)?.get(definition.name);
    if (typeName !== undefined && typeName !== '') return this.ofText(typeName, { file, scope, bindings, self });
    return parent?.definition.kind === 'enum' ? { kind: 'instance', type: parent } : undefined;
  }
}

/** `=> .0.run Handler`: a member of a parameter. */
const TAKEN_OUT_OF_PARAMETER = /^=> [^ .]*\.\d+\.\S/u;

/** `run: () => …`, other than `run() {…}` and `run: function () {…}`. */
const isArrowProperty = (signature: string): boolean =>
  /^(?:[\w$]+|'[^']*'|"[^"]*")\s*:\s*(?!(?:async\s+)?function\b)/u.test(signature);

function declaredIn(
  declarations: readonly Declaration[],
  name: string,
  self?: ScriptValue,
  isMeant: (declaration: Declaration) => boolean = () => true,
): ScriptMember {
  const found = declarations.flatMap((declaration) => declaration.members.get(name) ?? []).filter(isMeant);
  return found.length === 0 ? ABSENT : { kind: 'declarations', declarations: found, self };
}

/** What is defined inside of a function is no property of it, other than what a namespace holds or is assigned to it. */
const isFunctionProperty = ({ parent, owner }: Declaration): boolean =>
  owner !== null || parent?.definition.kind === 'namespace';

/** `a.b.C` of an expression made of names alone. */
function nameOf(expression: ScriptExpression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const object = nameOf(expression.object);
  return object === undefined ? undefined : `${object}.${expression.name}`;
}
