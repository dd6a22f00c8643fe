import { LANGUAGE_IDS, SEARCH_MODES, SYMBOL_KINDS, type CodeGraphHit, type SearchResponse } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { oneOperand } from '../operands.ts';
import { formatDuration, plural } from '../output/format.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { modelReference, openIndexed } from '../repository.ts';

const MAX_LIMIT = 1_000;
/** Lines of code shown below a hit. */
const SHOWN_LINES = 6;
const SHOWN_NEIGHBOURS = 5;

export const searchCommand: Command = {
  name: 'search',
  operands: 'QUERY',
  summary: 'find code by what it does, in any language, or by its words',
  description: `Asks the index a question in your own language, or looks up names and words. Compares meaning and words together
(--mode hybrid) unless told otherwise.`,
  options: [
    { name: 'mode', value: 'M', help: `${SEARCH_MODES.join(', ')} (default: hybrid)` },
    { name: 'limit', short: 'n', value: 'N', help: 'most hits (default: 10)' },
    { name: 'kind', value: 'K', multiple: true, help: 'only symbols of this kind: function, class, procedure, ...' },
    { name: 'language', value: 'L', multiple: true, help: `only this language: ${LANGUAGE_IDS.join(', ')}` },
    { name: 'file', value: 'GLOB', help: 'only files whose path fits: "src/**/*.ts"' },
    { name: 'context', help: 'show who calls each hit and what it calls' },
    { name: 'model', value: 'REF', help: 'ask with this model, which must be the one of the index (default: it is)' },
    { name: 'explain', help: 'show why each hit ranks where it does' },
  ],
  examples: [
    {
      command: 'codegraphai search "quem manda o e-mail de boas-vindas?"',
      explains: 'a question in Portuguese about code in English',
    },
    { command: 'codegraphai search "retry with backoff" --language go --limit 5', explains: 'five places, Go only' },
    { command: 'codegraphai search Pool.acquire --mode keyword', explains: 'words and names only; loads no model' },
    {
      command: 'codegraphai search "who validates the order?" --context',
      explains: 'hits with their callers and callees',
    },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, err, signal } = context;
    const query = oneOperand(args, 'QUERY', 'codegraphai search "who sends the welcome mail?"');
    const mode = args.choice('mode', SEARCH_MODES, 'hybrid');
    const limit = args.integer('limit', 10, 1, MAX_LIMIT);
    const kinds = args.choices('kind', SYMBOL_KINDS);
    const languages = args.choices('language', LANGUAGE_IDS);
    await using graph = await openIndexed(context);
    const response = await graph.search(query, {
      mode,
      limit,
      filter: {
        kinds: kinds.length > 0 ? kinds : undefined,
        languages: languages.length > 0 ? languages : undefined,
        pathGlob: args.text('file'),
      },
      context: args.flag('context'),
      explain: args.flag('explain'),
      model: modelReference(context, args.text('model')),
      signal,
    });
    for (const { severity, message, hint } of response.diagnostics) {
      err.line(
        `${err.style(severity === 'info' ? 'cyan' : 'yellow', severity)} ${printable(message)}${hint === undefined ? '' : `. ${hint}`}`,
      );
    }
    if (args.flag('json')) {
      const { diagnostics: _shown, ...document } = response;
      out.line(JSON.stringify(document));
    } else {
      printResponse(out, response);
    }
    return response.hits.length > 0 ? EXIT.done : EXIT.no;
  },
};

function printResponse(out: Terminal, response: SearchResponse): void {
  if (response.hits.length === 0) {
    out.line('Nothing found. Try other words, or fewer filters.');
    return;
  }
  for (const hit of response.hits) printHit(out, hit);
  const model = response.mode === 'keyword' || response.model === null ? '' : ` · ${response.model.id}`;
  out.line(
    out.style(
      'dim',
      `${plural(response.hits.length, 'hit')} in ${formatDuration(response.tookMs)} · ${response.mode}${model}`,
    ),
  );
}

function printHit(out: Terminal, hit: CodeGraphHit): void {
  const place = `${printable(hit.path)}:${hit.startLine}`;
  const what =
    hit.symbol === null ? hit.language : `${printable(hit.symbol.qualifiedName)} ${out.style('dim', hit.symbol.kind)}`;
  out.line(`${String(hit.rank).padStart(2)}. ${out.style('bold', place)}  ${what}`);
  printSnippet(out, hit);
  for (const { signal, rank, value } of hit.explain) {
    out.line(out.style('dim', `      ${signal}${rank === undefined ? '' : ` #${rank}`} ${value.toFixed(3)}`));
  }
  if (hit.context !== undefined) {
    const names = (ends: readonly { readonly qualifiedName: string }[]): string => {
      const unique = [...new Set(ends.map(({ qualifiedName }) => printable(qualifiedName)))];
      const more = unique.length - SHOWN_NEIGHBOURS;
      return unique.length === 0
        ? 'none known'
        : unique.slice(0, SHOWN_NEIGHBOURS).join(', ') + (more > 0 ? ` and ${more} more` : '');
    };
    out.line(out.style('cyan', `      callers: ${names(hit.context.callers.edges.map(({ source }) => source))}`));
    out.line(out.style('cyan', `      callees: ${names(hit.context.callees.edges.map(({ target }) => target))}`));
  }
  out.line();
}

/** The lines themselves, without the indentation they share. */
function printSnippet(out: Terminal, { snippet, note }: CodeGraphHit): void {
  if (note !== undefined) out.line(out.style('dim', `      ${note}`));
  const lines = snippet.split('\n').filter((line) => line.trim() !== '');
  const shown = lines.slice(0, SHOWN_LINES);
  const indent = Math.min(...shown.map((line) => line.length - line.trimStart().length));
  for (const line of shown) out.line(`      ${truncateLine(line.slice(indent), out.width - 6)}`);
  if (lines.length > shown.length)
    out.line(out.style('dim', `      … ${plural(lines.length - shown.length, 'more line')}`));
}
