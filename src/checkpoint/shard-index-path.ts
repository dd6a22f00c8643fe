/** Whether a path is that of an index file of a sharded checkpoint, by its name: `*.index.json`. */
export function isShardIndexPath(path: string): boolean {
  return path.endsWith('.index.json');
}
