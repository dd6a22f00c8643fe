/**
 * `npm start`: indexes this repository and asks it one question in English and one in Portuguese.
 * `npm start -- DIR ["question" ...]`: does it for any folder.
 */
import { join, resolve } from 'node:path';
import { ROOT, runStep } from './run-step.ts';

const DEFAULT_QUESTIONS = ['where are pickle opcodes executed safely?', 'onde o banco de dados SQLite é aberto?'];
const CLI = join(ROOT, 'src', 'cli', 'bin.ts');

const [folder, ...questions] = process.argv.slice(2);
// npm sets INIT_CWD to the folder the user stood in; a relative folder is meant from there.
const target = folder === undefined ? ROOT : resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);

function codegraphai(...words: string[]): void {
  process.stderr.write(`\n$ codegraphai ${words.map((word) => (/[\s"?]/.test(word) ? JSON.stringify(word) : word)).join(' ')}\n`);
  const status = runStep('node', [CLI, ...words, '--path', target]);
  if (status !== 0) process.exit(status);
}

codegraphai('index');
for (const question of questions.length > 0 ? questions : DEFAULT_QUESTIONS) codegraphai('search', question, '--limit', '3');
