import { parseExpression } from '../expression.ts';
import type { Expression } from '../expression.ts';
import type { ModuleTarget } from '../module-resolution/module-target.ts';
import { isCallable, isOpenScope, isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import { argumentCount, ofArity } from '../type-arity.ts';
import { parseTypeName } from '../type-name.ts';
import type { TypeExpression } from '../type-name.ts';
import type { ImportTable } from './import-table.ts';
import type { LexicalScope, NameUse } from './lexical-scope.ts';
import type { Lookup } from './lookup.ts';
import {
  CONTAINER_METHODS,
  COPYING_METHODS,
  MAKING_METHODS,
  ELEMENT_METHODS,
  REWRAPPING_METHODS,
  UNWRAPPING_METHODS,
} from './container-methods.ts';
import type { MemberLookup, TypeHierarchy } from './type-hierarchy.ts';
import { commonValue, enclosingObject, enclosingType, type Member, type Place, type Value } from './value.ts';

const EXTERNAL_VALUE: Value = Object.freeze({ kind: 'external' });
const EXTERNAL_MEMBER: Member = Object.freeze({ kind: 'external' });
const ABSENT: Member = Object.freeze({ kind: 'absent' });
/** What C#'s `this[…]` is called. */
const INDEXER = 'this[]';
/** Longer chains of members and aliases are not followed. */
const MAX_DEPTH = 12;

/** The receiver tier: follows a receiver through declared types, return types, `new` and the class hierarchy. */
export class ValueInference {
  readonly #lexical: LexicalScope;
  readonly #imports: ImportTable;
  readonly #types: TypeHierarchy;
  readonly #parsedTypes = new Map<string, readonly TypeExpression[]>();
  readonly #sources = new Map<FileScope, Map<string, Value | undefined>>();
  readonly #parsedExpressions = new Map<string, Expression | undefined>();

  constructor(lexical: LexicalScope, imports: ImportTable, types: TypeHierarchy) {
    this.#lexical = lexical;
    this.#imports = imports;
    this.#types = types;
  }

  /** What a receiver, as written, stands for at a place. */
  evaluateText(text: string, place: Place): Value | undefined {
    if (!this.#parsedExpressions.has(text)) this.#parsedExpressions.set(text, parseExpression(text));
    const expression = this.#parsedExpressions.get(text);
    return expression === undefined ? undefined : this.#evaluate(expression, place, 0);
  }

  /** A bare name, with inherited members where the language has them in scope. */
  findName(name: string, { file, scope }: Place, isCalled = false): Lookup | undefined {
    return this.#lexical.find(file, scope, name, isCalled ? this.#calledName : this.#usedName);
  }

  readonly #usedName: NameUse = {
    findInherited: (type, name) => {
      const found = this.#types.findMember(type, name);
      return found?.kind === 'declarations' ? found.declarations : [];
    },
  };
  readonly #pathName: NameUse = { isPath: true };
  readonly #calledName: NameUse = { ...this.#usedName, isCalled: true };

  memberOf(value: Value, name: string, depth = 0): Member {
    if (depth > MAX_DEPTH) return ABSENT;
    switch (value.kind) {
      case 'external':
        return EXTERNAL_MEMBER;
      case 'container': {
        const element = /^\d$/.test(name) ? value.elements?.[Number(name)] : undefined;
        if (element === undefined) return EXTERNAL_MEMBER;
        return { kind: 'value', value: this.#valueOfType(element, value, [], depth + 1) };
      }
      case 'module':
        return this.#moduleMember(value.module, name, depth);
      case 'object': {
        const declarations = value.declarations.flatMap((declaration) => declaration.members.get(name) ?? []);
        if (declarations.length > 0) return { kind: 'declarations', declarations, tier: 'receiver', self: [] };
        const module = value.declarations.find(isOpenScope);
        return module === undefined
          ? ABSENT
          : this.#memberOfLookup(this.#imports.inlineModuleName(module, name), depth);
      }
      case 'callable': {
        // A getter, used without a call.
        const result = this.#resultOf(value.declarations, value.self, depth + 1);
        return result === undefined ? { kind: 'value', value: undefined } : this.memberOf(result, name, depth + 1);
      }
      default:
        return this.#typeMember(value, name, depth);
    }
  }

  #moduleMember(module: ModuleTarget, name: string, depth: number): Member {
    return this.#memberOfLookup(this.#imports.exportOf(module, name), depth);
  }

  #memberOfLookup(found: Lookup | undefined, depth: number): Member {
    if (found === undefined) return ABSENT;
    if (found.kind === 'declarations')
      return { kind: 'declarations', declarations: found.declarations, tier: 'import', self: [] };
    return { kind: 'value', value: this.#valueOfLookup(found, [], depth + 1) };
  }

  #typeMember({ types, ...value }: Extract<Value, { types: unknown }>, name: string, depth: number): Member {
    const isSuper = value.kind === 'instance' && value.isSuper === true;
    const known: MemberLookup[] = [];
    const declarations = new Set<Declaration>();
    for (const type of types) {
      const member = isSuper ? this.#types.findInheritedMember(type, name) : this.#types.findMember(type, name);
      if (member === undefined) continue;
      known.push(member);
      if (member.kind === 'declarations') for (const declaration of member.declarations) declarations.add(declaration);
    }
    if (declarations.size > 0) {
      return { kind: 'declarations', declarations: [...declarations], tier: 'receiver', self: types };
    }
    const extensions = this.#extensionsOf(types, name);
    if (extensions.length > 0) return { kind: 'declarations', declarations: extensions, tier: 'receiver', self: types };
    const typed = known.find((member) => member.kind === 'typed');
    if (typed?.kind === 'typed')
      return { kind: 'value', value: this.#valueOfType(typed.typeName, typed, types, depth + 1) };
    return known.length > 0 ? EXTERNAL_MEMBER : ABSENT;
  }

  /** Methods written elsewhere whose first parameter takes a value of these types. */
  #extensionsOf(types: readonly Declaration[], name: string): readonly Declaration[] {
    const [type] = types;
    const candidates = type === undefined ? [] : this.#imports.extensions(type.file, name);
    if (candidates.length === 0) return [];
    const fitting = new Set(
      types.flatMap((each) => this.#types.linearize(each).types).flatMap((each) => this.#imports.partsOf(each)),
    );
    return candidates.filter(({ file, index, definition }) => {
      const written = /\(this\s+(?:(?:in|ref)\s+)?([\w.]+)/u.exec(definition.signature)?.[1];
      const target = written === undefined ? undefined : this.#types.resolveType(file, index, written);
      return typeof target === 'object' && target.some((each) => fitting.has(each));
    });
  }

  #evaluate(expression: Expression, place: Place, depth: number): Value | undefined {
    if (depth > MAX_DEPTH) return undefined;
    switch (expression.kind) {
      case 'literal':
        return EXTERNAL_VALUE;
      case 'typed':
        return this.#valueOfType(expression.typeName, place, [], depth + 1);
      case 'name':
        return expression.isPath === true && place.file.rules.unwrapsContainers
          ? this.#evaluatePath(expression.name, place, depth)
          : this.#evaluateName(expression.name, place, depth);
      case 'member': {
        const object = this.#evaluate(expression.object, place, depth + 1);
        // `.await` is written like a field.
        if (expression.name === 'await' && place.file.rules.unwrapsContainers) return object;
        // `Outer.this` in a class inside of another.
        if (
          object?.kind === 'class' &&
          (place.file.rules.selfNames.has(expression.name) || place.file.rules.superNames.has(expression.name))
        )
          return { kind: 'instance', types: object.types };
        // Ruby calls without parentheses: `Pool.new.open`.
        if (object?.kind === 'class' && expression.name === 'new' && place.file.rules.modulesAreTypes)
          return { kind: 'instance', types: object.types };
        return object === undefined
          ? undefined
          : this.#valueOfMember(this.memberOf(object, expression.name, depth + 1), depth + 1);
      }
      case 'index': {
        const object = this.#openContainer(this.#evaluate(expression.object, place, depth + 1), depth);
        if (object?.kind === 'container') return this.#valueOfType(object.element, object, [], depth + 1);
        if (object?.kind !== 'instance') return object?.kind === 'external' ? object : undefined;
        return this.#valueOfMember(this.memberOf(object, INDEXER, depth + 1), depth + 1);
      }
      case 'unwrap': {
        const object = this.#evaluate(expression.object, place, depth + 1);
        return object?.kind === 'container' && place.file.rules.unwrapsContainers
          ? this.#valueOfType(object.element, object, [], depth + 1)
          : object;
      }
      default:
        return this.#evaluateCall(expression.callee, place, depth);
    }
  }

  /** A name before `::`: no variable, whatever is called so. */
  #evaluatePath(name: string, place: Place, depth: number): Value | undefined {
    if (place.file.rules.selfNames.has(name)) return this.#evaluateName(name, place, depth);
    const found = this.#lexical.find(place.file, place.scope, name, this.#pathName);
    return found === undefined ? undefined : this.#valueOfLookup(found, [], depth + 1);
  }

  #evaluateName(name: string, place: Place, depth: number, isCalled = false): Value | undefined {
    const { rules } = place.file;
    // TypeScript: `function f(this: Pool)`.
    const typedSelf = name === 'this' ? place.file.typedNames.get(place.scope)?.get(name) : undefined;
    if (typedSelf !== undefined && typedSelf !== '') return this.#valueOfType(typedSelf, place, [], depth + 1);
    if (rules.selfNames.has(name) || rules.superNames.has(name)) {
      const type = enclosingType(place);
      const isSuper = rules.superNames.has(name);
      if (type !== undefined) return { kind: 'instance', types: [type], isSuper };
      const object = isSuper ? undefined : enclosingObject(place);
      if (object !== undefined) return { kind: 'object', declarations: [object] };
      // Outside of types `self` may start the path to a module.
      const module = this.#imports.pathRoot(place.file, place.scope, name);
      return module === undefined ? undefined : this.#valueOfLookup(module, [], depth + 1);
    }
    const found = this.findName(name, place, isCalled);
    return found === undefined ? undefined : this.#valueOfLookup(found, [], depth + 1, isCalled);
  }

  /** Ruby: `new` without a receiver makes an instance of the class around. */
  #ownClass(name: string, place: Place): Value | undefined {
    const type = name === 'new' && place.file.rules.modulesAreTypes ? enclosingType(place) : undefined;
    return type === undefined ? undefined : { kind: 'class', types: [type] };
  }

  #evaluateCall(callee: Expression, place: Place, depth: number): Value | undefined {
    if (callee.kind === 'name' && place.file.rules.superNames.has(callee.name))
      return this.#evaluateName(callee.name, place, depth);
    if (callee.kind === 'member') {
      const object = this.#evaluate(callee.object, place, depth + 1);
      if (object === undefined) return undefined;
      if (object.kind === 'container') return this.#callOnContainer(object, callee.name, depth);
      const member = this.memberOf(object, callee.name, depth + 1);
      if (member.kind !== 'declarations' && this.#isCopy(object, callee.name))
        return object.kind === 'class' ? { kind: 'instance', types: object.types } : object;
      // Ruby: every class can make an instance of itself.
      if (member.kind !== 'declarations' && object.kind === 'class' && callee.name === 'new')
        return { kind: 'instance', types: object.types };
      return this.#resultOfValue(this.#valueOfMember(member, depth + 1, true), depth + 1);
    }
    const value =
      callee.kind === 'name'
        ? (this.#evaluateName(callee.name, place, depth, true) ?? this.#ownClass(callee.name, place))
        : this.#evaluate(callee, place, depth + 1);
    return this.#resultOfValue(value, depth + 1);
  }

  /** What a variable or field holds, as far as its declared type or first value tells. */
  heldBy(variable: Declaration): Value | undefined {
    return this.#valueOfVariable(variable, [], 0);
  }

  /** A type made of a container is opened like one: `type Pools []Pool`. */
  #openContainer(value: Value | undefined, depth: number): Value | undefined {
    const [type, ...others] = value?.kind === 'instance' ? value.types : [];
    if (type?.definition.kind !== 'type' || type.definition.typeName === undefined || others.length > 0) return value;
    const place = { file: type.file, scope: type.definition.parent };
    const inner = this.#valueOfType(type.definition.typeName, place, [], depth + 1);
    return inner?.kind === 'container' ? inner : value;
  }

  #isCopy(object: Value, method: string): boolean {
    return (
      (object.kind === 'instance' || object.kind === 'class') &&
      object.types[0]?.file.rules.unwrapsContainers === true &&
      (object.kind === 'class' ? MAKING_METHODS : COPYING_METHODS).has(method)
    );
  }

  #callOnContainer(container: Extract<Value, { kind: 'container' }>, method: string, depth: number): Value {
    const { unwrapsContainers } = container.file.rules;
    if ((unwrapsContainers ? REWRAPPING_METHODS : CONTAINER_METHODS).has(method)) return container;
    return (
      ((unwrapsContainers ? UNWRAPPING_METHODS : ELEMENT_METHODS).has(method)
        ? this.#valueOfType(container.element, container, [], depth + 1)
        : undefined) ?? EXTERNAL_VALUE
    );
  }

  #resultOfValue(value: Value | undefined, depth: number): Value | undefined {
    if (value?.kind === 'class') return { kind: 'instance', types: value.types };
    if (value?.kind === 'callable') return this.#resultOf(value.declarations, value.self, depth);
    // A variant of an enum that holds values is made by a call.
    if (value?.kind === 'instance' && value.types[0]?.file.rules.unwrapsContainers === true) return value;
    return value?.kind === 'external' ? value : undefined;
  }

  #resultOf(declarations: readonly Declaration[], self: readonly Declaration[], depth: number): Value | undefined {
    // Dart calls constructors by name: `Pool.of(3)`.
    const made = declarations.find(({ definition, parent }) => definition.kind === 'constructor' && parent !== null);
    if (made?.parent !== undefined && made.parent !== null) return { kind: 'instance', types: [made.parent] };
    const declared = declarations.find(
      ({ definition }) => definition.typeName !== undefined && definition.typeName !== '',
    );
    if (declared?.definition.typeName === undefined) return undefined;
    return this.#valueOfType(
      declared.definition.typeName,
      { file: declared.file, scope: declared.index },
      self,
      depth + 1,
    );
  }

  #valueOfMember(member: Member, depth: number, isCalled = false): Value | undefined {
    if (member.kind === 'value') return member.value;
    if (member.kind === 'external') return EXTERNAL_VALUE;
    return member.kind === 'declarations'
      ? this.#valueOfDeclarations(member.declarations, member.self, depth, isCalled)
      : undefined;
  }

  #valueOfLookup(found: Lookup, self: readonly Declaration[], depth: number, isCalled = false): Value | undefined {
    if (found.kind === 'external') return EXTERNAL_VALUE;
    if (found.kind === 'module') return { kind: 'module', module: found.module };
    if (found.kind === 'local')
      return found.typeName === '' ? undefined : this.#valueOfType(found.typeName, found, self, depth);
    return this.#valueOfDeclarations(found.declarations, self, depth, isCalled);
  }

  #valueOfDeclarations(
    declarations: readonly Declaration[],
    self: readonly Declaration[],
    depth: number,
    isCalled: boolean,
  ): Value | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const types = declarations.filter(isType);
    // A value of the name is meant where TypeScript has both: `interface Logger` and `const Logger`.
    const values = declarations.filter((declaration) => !isType(declaration));
    if (types.length > 0 && (values.length === 0 || types.some(({ definition }) => definition.kind === 'class')))
      return { kind: 'class', types: types[0]?.file.rules.partialTypes === true ? ofArity(types, 0) : types };
    const callables = values.filter(isCallable);
    const variables = values.filter((value) => !isCallable(value));
    const prefersVariables = !isCalled && variables[0]?.file.rules.methodsHaveOwnNames === true;
    if (callables.length > 0 && !prefersVariables) return { kind: 'callable', declarations: callables, self };
    for (const variable of variables) {
      const value = this.#valueOfVariable(variable, self, depth);
      if (value !== undefined) return value;
    }
    return values.some(({ members }) => members.size > 0) ? { kind: 'object', declarations: values } : undefined;
  }

  #valueOfVariable(
    { definition, file, parent }: Declaration,
    self: readonly Declaration[],
    depth: number,
  ): Value | undefined {
    if (file.rules.unwrapsContainers && parent?.definition.kind === 'enum')
      return { kind: 'instance', types: [parent] };
    const typeName = definition.typeName ?? file.typedNames.get(definition.parent)?.get(definition.name);
    const place = { file, scope: definition.parent };
    if (typeName !== undefined && typeName !== '') return this.#valueOfType(typeName, place, self, depth + 1);
    return parent?.definition.kind === 'enum' ? { kind: 'instance', types: [parent] } : undefined;
  }

  /** @param typeName - A type as written, or what the value comes from: `createPool()`, `= this.pool`. */
  #valueOfType(typeName: string, place: Place, self: readonly Declaration[], depth: number): Value | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (isExpression(typeName)) return this.#valueOfSource(typeName, place, depth);
    if (/\)(?: \||$)|= /.test(typeName)) {
      const alternatives = typeName.split(' | ');
      if (alternatives.length > 1 && alternatives.some(isExpression))
        return commonValue(alternatives.map((alternative) => this.#valueOfType(alternative, place, self, depth + 1)));
    }
    const types: Declaration[] = [];
    let outside: Value | undefined;
    for (const alternative of this.#parseType(typeName)) {
      if (alternative.kind === 'container') return { ...alternative, file: place.file, scope: place.scope };
      if (alternative.kind === 'self') {
        const own = self.length > 0 ? undefined : enclosingType(place);
        types.push(...(own === undefined ? self : [own]));
        continue;
      }
      const resolved = this.#types.resolveType(place.file, place.scope, alternative.name);
      if (resolved === 'external') outside = EXTERNAL_VALUE;
      else if (resolved !== undefined && alternative.kind === 'class') return { kind: 'class', types: resolved };
      else if (resolved !== undefined)
        types.push(...(place.file.rules.partialTypes ? ofArity(resolved, argumentCount(typeName)) : resolved));
    }
    return types.length > 0 ? { kind: 'instance', types: [...new Set(types)] } : outside;
  }

  /** Value of the expression a name was given. Names that are made of each other (`x = x.next()`) end in undefined. */
  #valueOfSource(source: string, place: Place, depth: number): Value | undefined {
    const known = this.#sources.get(place.file) ?? new Map<string, Value | undefined>();
    this.#sources.set(place.file, known);
    const key = `${place.scope} ${source}`;
    if (!known.has(key)) {
      known.set(key, undefined);
      const expression = parseExpression(source.startsWith('= ') ? source.slice(2) : source);
      known.set(key, expression === undefined ? undefined : this.#evaluate(expression, place, depth + 1));
    }
    return known.get(key);
  }

  #parseType(text: string): readonly TypeExpression[] {
    let parsed = this.#parsedTypes.get(text);
    if (parsed === undefined) {
      parsed = parseTypeName(text);
      this.#parsedTypes.set(text, parsed);
    }
    return parsed;
  }
}

/** Whether a type is given by an expression instead of being written out. */
function isExpression(typeName: string): boolean {
  return typeName.startsWith('= ')
    ? !typeName.includes(' | ')
    : /^[^(].*\)$/s.test(typeName) && !/=>| \| /.test(typeName);
}
