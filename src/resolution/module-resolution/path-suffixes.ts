import { addTo } from './multimap.ts';

/** Finds files by the end of their path: how imports are written whose search path is not in the repository. */
export class PathSuffixes {
  readonly #byName = new Map<string, string[]>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) addTo(this.#byName, nameOf(path), path);
  }

  /** The only file whose path is or ends with this one; undefined where there is none, or several. */
  unique(path: string): string | undefined {
    const found = (this.#byName.get(nameOf(path)) ?? []).filter((each) => each === path || each.endsWith(`/${path}`));
    return found.length === 1 ? found[0] : undefined;
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
