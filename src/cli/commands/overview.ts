import {
  OVERVIEW_SECTIONS,
  type NodeSummary,
  type Overview,
  type Section,
  type ShownCycle,
  type ShownDeadCode,
} from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount, plural } from '../output/format.ts';
import { placeOf } from '../output/relations-view.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';

/** Items of each section, of the whole and of a section that is asked for by name. */
const DEFAULT_LIMIT = 10;
const DEFAULT_SECTION_LIMIT = 50;
const MAX_LIMIT = 100_000;

/** Why a place is where the program is entered, for people. */
const ENTRY_REASONS: Readonly<Record<string, string>> = {
  command: 'what a command of the package runs',
  package: 'what others import of the package',
  route: 'requests come here',
  main: 'programs start here',
  script: 'runs when it is loaded, and nothing imports it',
  exported: 'exported, and nothing in here uses it',
};

/** Why unused code may be used all the same, for people. */
const DOUBTS: Readonly<Record<ShownDeadCode['doubts'][number], string>> = {
  mentioned: 'its name stands elsewhere in the text',
  decorated: 'an attribute may use it',
  'used-by-tests': 'only tests use it',
  'guessed-use': 'something of its name is used',
  'unresolved-name': 'calls of its name could not be followed',
  overrides: 'calls of the method it overrides may run it',
  'foreign-base': 'its base outside the repository may call it',
  'object-member': 'whoever is handed its object may call it',
  'special-name': 'languages and libraries call this name by themselves',
  exported: 'exported: programs elsewhere may use it',
};

export const overviewCommand: Command = {
  name: 'overview',
  operands: '',
  summary: 'what the repository is made of: the first thing to read in an unknown one',
  description: `Shows languages, folders, where the program is entered, what most depends on (hot spots, by PageRank), rings of imports and calls
(cycles), files that belong together (communities), and code that nothing is known to use, each with why that may be wrong
(dead-code). Tests, examples and generated code are left out of all but the languages.`,
  options: [
    {
      name: 'section',
      value: 'S',
      help: `only ${OVERVIEW_SECTIONS.join(', ')} (repeat or separate with commas)`,
      multiple: true,
    },
    {
      name: 'limit',
      value: 'N',
      help: `most items of each section (default: ${DEFAULT_LIMIT}, or ${DEFAULT_SECTION_LIMIT} with --section)`,
    },
  ],
  examples: [
    { command: 'codegraphai overview', explains: 'everything in short' },
    { command: 'codegraphai overview --section dead-code', explains: 'what might be deleted' },
    { command: 'codegraphai overview --section cycles --json', explains: 'for a check in CI: .cycles.files.total' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out } = context;
    const sections = args.choices('section', OVERVIEW_SECTIONS);
    const limit = args.integer('limit', sections.length > 0 ? DEFAULT_SECTION_LIMIT : DEFAULT_LIMIT, 1, MAX_LIMIT);
    await using graph = await openIndexed(context);
    const overview = await graph.overview({ sections: sections.length > 0 ? sections : undefined, limit });
    if (args.flag('json')) out.line(JSON.stringify(overview));
    else printOverview(out, overview);
    return overview.counts.files > 0 ? EXIT.done : EXIT.no;
  },
};

function printOverview(out: Terminal, overview: Overview): void {
  const { repository, counts, languages, folders, entryPoints, hotSpots, cycles, communities, deadCode } = overview;
  out.line(
    `${out.style('bold', printable(repository.name))} ${out.style('dim', `${plural(counts.files, 'file')}, ${plural(counts.symbols, 'symbol')}, ${plural(counts.edges, 'edge')}`)}`,
  );
  if (repository.description !== null) out.line(truncateLine(printable(repository.description), out.width));
  printSection(out, 'languages', languages, ({ language, files }) => [`${language} ${formatCount(files)}`, '']);
  printSection(out, 'folders', folders, ({ path, files }) => [path === '' ? '.' : path, plural(files, 'file')]);
  printSection(out, 'entry points', entryPoints, ({ symbol, reason, uses }) => [
    symbol.qualifiedName,
    `${where(symbol)} · ${ENTRY_REASONS[reason] ?? reason} · uses ${plural(uses, 'symbol')}`,
  ]);
  printSection(out, 'hot spots', hotSpots, ({ symbol, centrality, usedBy }) => [
    symbol.qualifiedName,
    `${where(symbol)} · used at ${plural(usedBy, 'place')} · centrality ${centrality}`,
  ]);
  printSection(out, 'rings of imports', cycles?.files, describeCycle);
  printSection(out, 'rings of calls', cycles?.calls, describeCycle);
  printSection(out, 'communities', communities, ({ folder, files, inside, outside }) => [
    folder === '' ? '.' : folder,
    `${plural(files.total, 'file')} · ${formatCount(inside)} uses inside, ${formatCount(outside)} across · ${files.items.slice(0, 3).join(', ')}`,
  ]);
  printSection(out, 'unused, as far as known', deadCode, ({ symbol, doubts, mention }) => [
    symbol.qualifiedName,
    `${where(symbol)} · ${doubts.length === 0 ? 'nothing speaks for it' : `but ${doubts.map((doubt) => DOUBTS[doubt]).join('; ')}`}${mention === undefined ? '' : ` (${mention.path}:${mention.line})`}`,
  ]);
}

function where(symbol: NodeSummary): string {
  return symbol.kind === 'file' ? symbol.kind : `${symbol.kind} · ${placeOf(symbol)}`;
}

function describeCycle({ members, edges }: ShownCycle): [string, string] {
  const [first] = edges;
  const names = [...edges.map(({ source }) => source.qualifiedName), first?.source.qualifiedName ?? ''];
  const site = first === undefined ? '' : `${first.site.path}:${first.site.line} · `;
  return [names.join(' > '), `${site}${plural(members.total, 'member')}`];
}

function printSection<Item>(
  out: Terminal,
  title: string,
  section: Section<Item> | undefined,
  describe: (item: Item) => readonly [string, string],
): void {
  if (section === undefined) return;
  const { total, items } = section;
  out.line();
  out.line(`${out.style('bold', title)} ${out.style('dim', total === 0 ? 'none known' : formatCount(total))}`);
  for (const item of items) {
    const [name, detail] = describe(item).map((text) => printable(text));
    const shown = truncateLine(name ?? '', out.width - 2);
    const rest = out.width - 3 - shown.length;
    const isShort = (detail ?? '').length <= rest;
    out.line(`  ${shown}${isShort && detail !== '' ? ` ${out.style('dim', detail ?? '')}` : ''}`);
    if (!isShort) out.line(out.style('dim', `      ${truncateLine(detail ?? '', out.width - 6)}`));
  }
  if (items.length < total) out.line(out.style('dim', `  … ${formatCount(total - items.length)} more`));
}
