/**
 * `npm start`: indexes this repository and asks it one question in English and one in Portuguese.
 * `npm start -- DIR ["question" ...]`: does it for any folder.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT, runStep } from './run-step.ts';

/** Kept out of this file: it is indexed as well, and would be the best answer to its own questions. */
const QUESTIONS_FILE = join(ROOT, 'scripts', 'start-questions.json');
const CLI = join(ROOT, 'src', 'cli', 'bin.ts');

const [folder, ...questions] = process.argv.slice(2);
// npm sets INIT_CWD to the folder the user stood in; a relative folder is meant from there.
const target = folder === undefined ? ROOT : resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);

function defaultQuestions(): readonly string[] {
  const parsed: unknown = JSON.parse(readFileSync(QUESTIONS_FILE, 'utf8'));
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

function codegraphai(...words: string[]): void {
  process.stderr.write(
    `\n$ codegraphai ${words.map((word) => (/[\s"?]/.test(word) ? JSON.stringify(word) : word)).join(' ')}\n`,
  );
  const status = runStep('node', [CLI, ...words, '--path', target]);
  if (status !== 0) process.exit(status);
}

codegraphai('index');
for (const question of questions.length > 0 ? questions : defaultQuestions())
  codegraphai('search', question, '--limit', '3');
