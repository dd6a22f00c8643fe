/** Folder of a path relative to the root; `''` is the root itself. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/**
 * Joins a relative path to a folder and folds `.` and `..`.
 * @returns undefined where it leads out of the root.
 */
export function joinPath(directory: string, relative: string): string | undefined {
  const segments = directory === '' ? [] : directory.split('/');
  for (const segment of relative.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join('/');
}

/** The folder and all above it, nearest first, the root (`''`) last. */
export function ancestorDirectories(directory: string): string[] {
  const directories = [directory];
  for (let at = directory; at !== '';) {
    at = directoryOf(at);
    directories.push(at);
  }
  return directories;
}

/** `a/b` in folder `''` or `c`. */
export const inDirectory = (directory: string, name: string): string =>
  directory === '' ? name : name === '' ? directory : `${directory}/${name}`;
