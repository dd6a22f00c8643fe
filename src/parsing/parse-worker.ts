/** Worker thread of `ParsePool`: parses one file a message. */
import { parentPort } from 'node:worker_threads';
import { loadLanguage } from './language-registry.ts';
import { packFile, type ParseRequest, type ParseResponse } from './parse-worker-messages.ts';
import { ParsingError } from './parsing-error.ts';

async function answer({ path, language, text }: ParseRequest): Promise<ParseResponse> {
  try {
    return packFile((await loadLanguage(language)).parse(path, text));
  } catch (error) {
    // Class instances do not survive the way between threads; anything unexpected ends the worker, and the pool sees it.
    if (!(error instanceof ParsingError)) throw error;
    return { error: { message: error.message, code: error.code, hint: error.hint } };
  }
}

/** Answers come in the order of the requests, also while a language is being loaded. */
let answered: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: ParseRequest) => {
  answered = answered
    .then(() => answer(request))
    .then((response) => parentPort?.postMessage(response, 'facts' in response ? [response.facts.buffer] : []));
});
