/** Raised whenever a table, or the meaning of a column, changes. An index of another version is rebuilt, not migrated. */
export const SCHEMA_VERSION = 2;

/** `PRAGMA application_id` of an index: "CGAI". Tells an index from any other SQLite file. */
export const APPLICATION_ID = 0x43474149;

/** Vectors in one row of `vector_data`. Also a row's worth of bits in the kernel's bitmaps, so a multiple of 64. */
export const SEGMENT_ROWS = 1024;

/**
 * The tables. Ids are integers inside and strings outside: `node` holds every string id once. Two rules keep the
 * replacement of one file cheap and exact: a row belongs to one file, and an edge belongs to the file of its source, so
 * edges that point into a replaced file stay and find the new symbol under the same id.
 */
export const SCHEMA_SQL: string = `
-- One row: what readers in other processes look at to see whether their copy of the vectors is still good.
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,      -- grows with every transaction that changes the index
  vector_epoch INTEGER NOT NULL,  -- revision at which every vector was last forgotten
  dimensions INTEGER NOT NULL     -- of every vector; 0 while there is none
) STRICT;
INSERT INTO state VALUES (1, 0, 0, 0);

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('schemaVersion', '${SCHEMA_VERSION}');

-- Every node id: symbols, files, directories, externals, and targets that do not exist (any more).
CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  language TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  diagnostics TEXT,               -- JSON array, NULL for none
  facts BLOB NOT NULL             -- last: scans of the other columns do not touch its overflow pages
) STRICT;

CREATE TABLE symbol (
  node_id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,       -- place in its file's list
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,      -- lower case: one index serves both kinds of look-up
  qualified_name TEXT NOT NULL,
  language TEXT NOT NULL,
  start_line INTEGER NOT NULL, start_column INTEGER NOT NULL,
  end_line INTEGER NOT NULL, end_column INTEGER NOT NULL,
  start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL,
  parent_id INTEGER,              -- node
  exported INTEGER NOT NULL,
  signature TEXT NOT NULL,
  documentation TEXT NOT NULL
) STRICT;
CREATE INDEX symbol_by_file ON symbol (file_id, ordinal);
CREATE INDEX symbol_by_folded_name ON symbol (folded_name);

-- Files whose edges are stored, if only that there are none; owner is the file's node.
CREATE TABLE edge_set (
  owner INTEGER PRIMARY KEY,
  digest TEXT NOT NULL,
  dependencies BLOB NOT NULL      -- what the edges were made from besides the file: opaque
) STRICT;

-- Facts that files had when edges were last made, of those replaced or removed since.
CREATE TABLE previous_facts (path TEXT PRIMARY KEY, facts BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Clustered by owner: the edges of a file are replaced together.
CREATE TABLE edge (
  owner INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  kind TEXT NOT NULL,
  tier TEXT NOT NULL,
  confidence REAL NOT NULL,
  site_path TEXT,                 -- NULL: the owner's path
  site_line INTEGER NOT NULL,
  site_column INTEGER NOT NULL,
  PRIMARY KEY (owner, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_by_source ON edge (source);
CREATE INDEX edge_by_target ON edge (target);

CREATE TABLE unresolved (
  owner INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  source INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  last_name TEXT NOT NULL,        -- the name without its receiver
  reason TEXT NOT NULL,
  candidate_count INTEGER NOT NULL,
  site_path TEXT,
  site_line INTEGER NOT NULL,
  site_column INTEGER NOT NULL,
  PRIMARY KEY (owner, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX unresolved_by_source ON unresolved (source);
CREATE INDEX unresolved_by_last_name ON unresolved (last_name);

-- AUTOINCREMENT: an id is never used twice, so one that a caller still holds never shows another chunk.
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  content_id INTEGER NOT NULL,
  symbol_id INTEGER,              -- node; NULL for code outside symbols
  kind TEXT,                      -- of the symbol
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL
) STRICT;
CREATE INDEX chunk_by_file ON chunk (file_id, ordinal);
CREATE INDEX chunk_by_content ON chunk (content_id);

-- Texts by hash: chunks of equal text share one vector. A text goes with its last chunk.
CREATE TABLE content (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
-- Texts that still need a vector. Every content is either here or in embedding.
CREATE TABLE pending (content_id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE embedding (content_id INTEGER PRIMARY KEY, slot INTEGER NOT NULL UNIQUE) STRICT;

-- Slot s is row s % ${SEGMENT_ROWS} of segment s / ${SEGMENT_ROWS}. Slots below the highest one in use that hold nothing:
CREATE TABLE free_slot (slot INTEGER PRIMARY KEY) STRICT;
CREATE TABLE vector_segment (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
-- Apart from vector_segment, so that marking a segment as changed does not rewrite it.
CREATE TABLE vector_data (
  segment_id INTEGER PRIMARY KEY,
  scales BLOB NOT NULL,           -- float32 little-endian, one a row
  vectors BLOB NOT NULL           -- int8, rows padded with zeros to a multiple of 16
) STRICT;

-- Row ids are chunk ids. Splitting identifiers is the writer's work. With its content: a contentless table that allows
-- deletes goes on counting deleted rows, so that scores drift from those of a fresh index (best BM25 of the same 100 rows
-- written six times over: 6.56 instead of 3.50, SQLite 3.53).
CREATE VIRTUAL TABLE keyword USING fts5(name, path, body, tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE keyword_term USING fts5vocab(keyword, row);
CREATE VIRTUAL TABLE keyword_instance USING fts5vocab(keyword, instance);
`;
