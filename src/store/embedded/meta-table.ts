import type { Connection } from './connection.ts';

/** One fact about the index. */
export function getMeta(connection: Connection, key: string): string | undefined {
  return connection.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
}

/** Sets facts about the index and leaves others as they are. */
export function setMeta(connection: Connection, entries: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(entries)) {
    connection.run(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }
}

/** Every fact about the index, by key. */
export function allMeta(connection: Connection): Map<string, string> {
  const rows = connection.all<{ key: string; value: string }>('SELECT key, value FROM meta ORDER BY key');
  return new Map(rows.map((row) => [row.key, row.value]));
}
