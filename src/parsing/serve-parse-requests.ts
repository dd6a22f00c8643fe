import { parentPort } from 'node:worker_threads';
import { loadLanguage } from './language-registry.ts';
import type { ParsedFile } from './language.ts';
import { packFile, type ParseRequest, type ParseResponse } from './parse-worker-messages.ts';
import { ParsingError } from './parsing-error.ts';

/** What another layer makes of a file in the thread that parsed it. Must always make the same of the same file. */
export type MakeAttachment = (file: ParsedFile, text: string) => Uint8Array<ArrayBuffer>;

/** Answers what a `ParsePool` asks of this worker thread: one file a message, answers in the order of the requests. */
export function serveParseRequests(makeAttachment?: MakeAttachment): void {
  /** Of the last request: also while a language is being loaded, the next one waits. */
  let answered: Promise<void> = Promise.resolve();
  parentPort?.on('message', (request: ParseRequest) => {
    answered = answered
      .then(() => answer(request, makeAttachment))
      .then((response) => parentPort?.postMessage(response, buffersOf(response)));
  });
}

async function answer({ path, language, text }: ParseRequest, makeAttachment?: MakeAttachment): Promise<ParseResponse> {
  try {
    const file = (await loadLanguage(language)).parse(path, text);
    return { ...packFile(file), attachment: makeAttachment?.(file, text) };
  } catch (error) {
    // Class instances do not survive the way between threads; anything unexpected ends the worker, and the pool sees it.
    if (!(error instanceof ParsingError)) throw error;
    return { error: { message: error.message, code: error.code, hint: error.hint } };
  }
}

function buffersOf(response: ParseResponse): ArrayBuffer[] {
  if ('error' in response) return [];
  const { facts, attachment } = response;
  return attachment === undefined ? [facts.buffer] : [facts.buffer, attachment.buffer];
}
