/**
 * URL of a module beside the caller's, with the extension the caller itself has: `.ts` when the source runs unbuilt,
 * `.js` in the built package. Used to start worker threads.
 *
 * @param callerUrl - `import.meta.url` of the caller.
 * @param path - Relative path without extension, such as `./encode-worker`.
 */
export function siblingModule(callerUrl: string, path: string): URL {
  return new URL(path + (callerUrl.endsWith('.ts') ? '.ts' : '.js'), callerUrl);
}
