/**
 * Field numbers and values of the SCIP format.
 *
 * @see https://github.com/sourcegraph/scip/blob/v0.5.2/scip.proto
 */
export const SCIP = {
  index: { metadata: 1, documents: 2 },
  metadata: { toolInfo: 2, projectRoot: 3, textDocumentEncoding: 4 },
  toolInfo: { name: 1, version: 2 },
  document: { relativePath: 1, occurrences: 2, symbols: 3, language: 4, positionEncoding: 6 },
  occurrence: { range: 1, symbol: 2, symbolRoles: 3, enclosingRange: 7 },
  symbolInformation: { symbol: 1, documentation: 3, relationships: 4, kind: 5, displayName: 6, enclosingSymbol: 8 },
  relationship: { symbol: 1, isReference: 2, isImplementation: 3 },
} as const;

/** Bit of `symbol_roles`. */
export const DEFINITION_ROLE = 1;

/** Values of `text_document_encoding`. */
export const TEXT_ENCODING_UTF8 = 1;

/** Unit columns are counted in; 0 in the file where the tool did not say. */
export const POSITION_ENCODINGS = ['unspecified', 'utf-8', 'utf-16', 'utf-32'] as const;
export type PositionEncoding = (typeof POSITION_ENCODINGS)[number];
