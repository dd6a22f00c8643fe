import type { FileScope } from '../../project-index.ts';

/** A table by file, scope and name. Three small keys are found faster than one that is put together each time. */
export class ScopedNames<Value> {
  readonly #files = new Map<FileScope, Map<number, Map<string, Value>>>();

  get(file: FileScope, scope: number, name: string): Value | undefined {
    return this.#files.get(file)?.get(scope)?.get(name);
  }

  set(file: FileScope, scope: number, name: string, value: Value): void {
    let scopes = this.#files.get(file);
    if (scopes === undefined) this.#files.set(file, (scopes = new Map()));
    const names = scopes.get(scope);
    if (names === undefined) scopes.set(scope, new Map([[name, value]]));
    else names.set(name, value);
  }
}
