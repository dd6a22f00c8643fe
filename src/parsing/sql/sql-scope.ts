/** Names that mean something local where they are seen: parameters, variables, cursors, temporary tables. */
export class SqlScope {
  readonly #counts = new Map<string, number>();
  readonly #levels: string[][] = [[]];

  /** Opens a level for a routine; names of the levels around it stay visible. */
  open(): void {
    this.#levels.push([]);
  }

  close(): void {
    for (const name of this.#levels.pop() ?? []) {
      const count = (this.#counts.get(name) ?? 0) - 1;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
    if (this.#levels.length === 0) this.#levels.push([]);
  }

  add(name: string): void {
    const lower = name.toLowerCase();
    this.#levels.at(-1)?.push(lower);
    this.#counts.set(lower, (this.#counts.get(lower) ?? 0) + 1);
  }

  has(name: string): boolean {
    return this.#counts.has(name.toLowerCase());
  }
}
