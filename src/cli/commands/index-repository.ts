import { resolve } from 'node:path';
import { CodeGraph, LANGUAGE_IDS, WEIGHT_PRECISIONS, type IndexReport } from '../../code-graph.ts';
import { findRepositoryRoot } from '../../repository-root.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount, formatDuration, plural } from '../output/format.ts';
import { IndexProgressView } from '../output/index-progress.ts';
import { printable } from '../output/terminal.ts';
import { modelReference } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

/** Diagnostics shown after a run; `--json` has all of them. */
const SHOWN_DIAGNOSTICS = 10;

/** What people call the reasons of skipped files. */
const SKIP_LABELS: Readonly<Record<string, string>> = {
  language: 'other kinds of file',
  'too-large': 'too large',
  'not-a-file': 'not a file',
  'lock-file': 'lock files',
  symlink: 'symbolic links',
  ignored: 'in .codegraphignore',
};

export const indexCommand: Command = {
  name: 'index',
  operands: '[DIR]',
  summary: 'build the index of a repository, or bring it up to date',
  description: `Reads the repository (by default the one around the current folder), finds its symbols and how they use each other, and
encodes them for search by meaning. The index is kept in .codegraphai/ in that folder. Run it again after changes: only
what changed is done again. Ctrl-C keeps what was finished.`,
  options: [
    {
      name: 'model',
      value: 'REF',
      help: 'embedding model: a folder, or a hub id; downloaded when it is not on this machine',
    },
    {
      name: 'precision',
      value: 'P',
      help: `${WEIGHT_PRECISIONS.join(', ')}: whether float weights are quantized on load; kept with the index (default: auto)`,
    },
    { name: 'no-embed', help: 'leave vectors out: words and the graph only, in seconds' },
    { name: 'full', help: 'parse every file again; also replaces a damaged index' },
    {
      name: 'scip',
      value: 'FILE',
      help: 'use the answers of a SCIP index, kept for later runs (default: index.scip in the repository, if there)',
    },
    { name: 'no-scip', help: 'use no SCIP index, and forget the one of earlier runs; kept until --scip names another' },
    { name: 'strict', help: 'fail where the model cannot be loaded, instead of taking the next' },
    { name: 'workers', value: 'N', help: 'threads (default: one a core)' },
    { name: 'quiet', short: 'q', help: 'no progress and no summary' },
  ],
  examples: [
    { command: 'codegraphai index', explains: 'index the repository you are in' },
    { command: 'codegraphai index ~/src/shop --no-embed', explains: 'symbols and words only' },
    {
      command: 'codegraphai index --model intfloat/multilingual-e5-small',
      explains: 'another model: encodes every text again, parses nothing',
    },
    { command: 'codegraphai index --json > report.json', explains: 'what was done, for scripts' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, err, logger, signal } = context;
    const root = targetFolder(context);
    await using graph = await CodeGraph.open({
      root,
      logger,
      model: modelReference(context, args.text('model')),
      weightPrecision: args.choice('precision', WEIGHT_PRECISIONS, 'auto'),
      strict: args.flag('strict'),
      workers: args.text('workers') === undefined ? undefined : args.integer('workers', 1, 1, 256),
    });
    const quiet = args.flag('quiet');
    const view = new IndexProgressView(err);
    let report: IndexReport;
    try {
      report = await graph.index({
        full: args.flag('full'),
        embed: !args.flag('no-embed'),
        scip: scipFile(context),
        signal,
        onProgress: quiet ? undefined : (progress) => view.show(progress),
      });
    } finally {
      view.finish();
    }
    if (args.flag('json')) out.line(JSON.stringify(report));
    else if (!quiet) printReport(context, root, report);
    return EXIT.done;
  },
};

/** As the person who types means it: relative to the folder they are in. Null for none at all. */
function scipFile({ args, workingDirectory }: CommandContext): string | null | undefined {
  const file = args.text('scip');
  if (args.flag('no-scip')) {
    if (file === undefined) return null;
    throw new UsageError('--scip and --no-scip exclude each other', {
      code: 'USAGE_BAD_VALUE',
      hint: 'Leave one of them out.',
    });
  }
  return file === undefined ? undefined : resolve(workingDirectory, file);
}

function targetFolder({ args, workingDirectory }: CommandContext): string {
  const [folder, ...more] = args.positionals;
  if (more.length > 0) {
    throw new UsageError(`index takes one folder, not ${args.positionals.length}`, {
      code: 'USAGE_TOO_MANY_ARGUMENTS',
      hint: 'Index them one after the other.',
    });
  }
  const named = folder ?? args.text('path');
  return named === undefined ? findRepositoryRoot(workingDirectory) : resolve(workingDirectory, named);
}

function printReport({ out, err }: CommandContext, root: string, report: IndexReport): void {
  const { files } = report;
  const changed = files.parsed + files.removed;
  const done = changed === 0 && report.embedded === 0 ? 'is up to date' : 'is indexed';
  out.line(`${out.style('bold', printable(root))} ${done} (${formatDuration(report.tookMs.total)})`);
  const indexed = files.parsed + files.unchanged;
  const fresh = changed === 0 ? 'none changed' : `${formatCount(files.parsed)} read now`;
  out.line(`  ${plural(indexed, 'file')}, ${fresh}${files.removed > 0 ? `, ${formatCount(files.removed)} gone` : ''}`);
  out.line(`  ${plural(report.symbols, 'symbol')}, ${plural(report.edges, 'edge')}, ${plural(report.chunks, 'chunk')}`);
  if (report.scip !== null) out.line(`  precise where ${printable(report.scip)} says so`);
  out.line(`  ${embeddingLine(report)}`);
  const skipped = Object.entries(files.skippedByReason)
    .sort(([, left], [, right]) => right - left)
    .map(([reason, count]) => `${formatCount(count)} ${SKIP_LABELS[reason] ?? reason}`);
  if (skipped.length > 0) out.line(out.style('dim', `  left out: ${skipped.join(', ')}`));
  printDiagnostics(err, report);
  if (report.symbols === 0) {
    out.line(
      `Nothing to search yet: no file here is in one of the ${LANGUAGE_IDS.length} languages that are read, or all are ignored.`,
    );
  } else if (changed > 0) {
    out.line(`Ask it: codegraphai search "where is ...?"`);
  }
}

function embeddingLine({ embedded, reused, chunks, tokens, tookMs, model }: IndexReport): string {
  if (model === null) {
    return reused === 0
      ? 'no vectors: search compares words only'
      : `no vectors made: ${formatCount(reused)} of ${plural(chunks, 'chunk')} have theirs from before`;
  }
  const { id, reason, fallbackFrom } = model;
  const instead = fallbackFrom.map((passed) => printable(passed.id)).join(' and ');
  const why = instead === '' ? reason : `in place of ${instead}, see above`;
  if (embedded === 0) return `every chunk has its vector (${printable(id)}: ${printable(why)})`;
  const rate = tookMs.embed > 0 ? `, ${formatCount((tokens / tookMs.embed) * 1_000)} tokens/s` : '';
  return `${plural(embedded, 'text')} encoded with ${printable(id)} (${printable(why)}) in ${formatDuration(tookMs.embed)}${rate}`;
}

function printDiagnostics(err: CommandContext['err'], report: IndexReport): void {
  // What the logger has said already (a model that fell back) is not said twice.
  const worth = report.diagnostics.filter(({ severity, code }) => severity !== 'info' && !code.startsWith('MODEL_'));
  for (const { severity, message, hint } of worth.slice(0, SHOWN_DIAGNOSTICS)) {
    err.line(
      `${err.style(severity === 'error' ? 'red' : 'yellow', severity)} ${printable(message)}${hint === undefined ? '' : `. ${hint}`}`,
    );
  }
  if (worth.length > SHOWN_DIAGNOSTICS)
    err.line(`and ${plural(worth.length - SHOWN_DIAGNOSTICS, 'more diagnostic')}: see --json`);
}
