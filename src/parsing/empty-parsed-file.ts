import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { ParsedFile } from './language.ts';

/** What is known of a file that could not be parsed: why. */
export function emptyParsedFile(path: string, language: string, diagnostic: Diagnostic): ParsedFile {
  return {
    path,
    language,
    definitions: [],
    references: [],
    imports: [],
    exportAliases: [],
    typedNames: [],
    packageName: '',
    diagnostics: [diagnostic],
  };
}
