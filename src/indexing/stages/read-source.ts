import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage } from '../../kernel/errors.ts';
import { decodeText, isBinary } from '../discovery/decode-text.ts';
import { isMissing } from '../discovery/discover.ts';
import { skipReasonOfText, type SkipReason } from '../discovery/skip-rules.ts';

/** What became of reading one file. */
export type SourceFile =
  /** It was there when files were listed, and is not any more. */
  | { readonly state: 'gone' }
  | { readonly state: 'unchanged'; readonly contentHash: string }
  | { readonly state: 'skipped'; readonly reason: SkipReason; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly state: 'read';
      readonly text: string;
      readonly contentHash: string;
      readonly sizeBytes: number;
      readonly diagnostics: readonly Diagnostic[];
    };

/**
 * Reads a file and judges its content.
 *
 * @param knownHash - sha256 the index has for it; the same content is not decoded again.
 */
export async function readSource(
  root: string,
  path: string,
  language: string,
  knownHash: string | undefined,
): Promise<SourceFile> {
  let bytes;
  try {
    bytes = await readFile(join(root, path));
  } catch (error) {
    if (isMissing(error)) return { state: 'gone' };
    const diagnostic: Diagnostic = {
      severity: 'warning',
      code: 'FILE_UNREADABLE',
      path,
      message: `${path} cannot be read: ${errorMessage(error)}`,
      hint: 'Check its permissions, or leave it out with .codegraphignore.',
    };
    return { state: 'skipped', reason: 'unreadable', diagnostics: [diagnostic] };
  }
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  if (contentHash === knownHash) return { state: 'unchanged', contentHash };
  if (isBinary(bytes)) return { state: 'skipped', reason: 'binary', diagnostics: [] };
  const { text, encoding } = decodeText(bytes);
  const reason = skipReasonOfText(text, language);
  if (reason !== undefined) return { state: 'skipped', reason, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  if (encoding === 'windows-1252') {
    diagnostics.push({
      severity: 'info',
      code: 'FILE_NOT_UTF8',
      path,
      message: `${path} is not valid UTF-8 and was read as Windows-1252`,
      hint: 'Save the file as UTF-8 if its accented characters look wrong in results.',
    });
  }
  return { state: 'read', text, contentHash, sizeBytes: bytes.byteLength, diagnostics };
}
