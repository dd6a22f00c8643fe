import { diagnose, type DoctorCheck, type DoctorReport } from '../../doctor.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printable, type Style, type Terminal } from '../output/terminal.ts';
import { modelReference, repositoryRoot } from '../repository.ts';

const MARKS: Readonly<Record<DoctorCheck['status'], { readonly mark: string; readonly style: Style }>> = {
  ok: { mark: '✓', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  problem: { mark: '✗', style: 'red' },
};

/** Exit code of the first problem, by what it is about. */
const EXIT_BY_CHECK: Readonly<Record<DoctorCheck['name'], ExitCode>> = {
  node: EXIT.usage,
  runtime: EXIT.model,
  model: EXIT.model,
  encode: EXIT.model,
  cache: EXIT.model,
  store: EXIT.store,
  git: EXIT.no,
};

export const doctorCommand: Command = {
  name: 'doctor',
  operands: '',
  summary: 'what is installed, what would be used and why, and what to do about problems',
  description: `Looks at Node, the ONNX runtime, the model, the cache, git and the index, encodes one text, and says for each problem what to do.
Exits with 0 when nothing stands in the way.`,
  options: [{ name: 'model', value: 'REF', help: 'look at this model instead of the default' }],
  examples: [
    { command: 'codegraphai doctor', explains: 'look at everything' },
    { command: 'codegraphai doctor --json', explains: 'to attach to a bug report' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, logger } = context;
    const model = modelReference(context, args.text('model'));
    const report = await diagnose({ root: repositoryRoot(context), model, logger });
    if (args.flag('json')) out.line(JSON.stringify(report));
    else printReport(out, report);
    const problem = report.checks.find(({ status }) => status === 'problem');
    return problem === undefined ? EXIT.done : EXIT_BY_CHECK[problem.name];
  },
};

/** What the states of candidates are called; the mark is that of a check of the same weight. */
const CANDIDATE_MARKS: Readonly<Record<DoctorReport['candidates'][number]['state'], DoctorCheck['status'] | null>> = {
  used: 'ok',
  failed: 'problem',
  spare: null,
  absent: null,
};

function printReport(out: Terminal, { checks, candidates, model }: DoctorReport): void {
  for (const check of checks) {
    printCheck(out, check);
    if (check.name === 'model') for (const candidate of candidates) printCandidate(out, candidate);
    if (check.name === 'model' && model !== null) {
      out.line(
        out.style('dim', `             device ${model.device}, precision ${model.precision}, format ${model.format}`),
      );
    }
  }
}

function printCheck(out: Terminal, check: DoctorCheck): void {
  const { mark, style } = MARKS[check.status];
  out.line(`${out.style(style, mark)} ${out.style('bold', check.name.padEnd(8))} ${printable(check.message)}`);
  if (check.hint !== undefined) out.line(`             ${out.style('cyan', `do: ${printable(check.hint)}`)}`);
  if (check.link !== undefined) out.line(out.style('dim', `             see: ${printable(check.link)}`));
}

function printCandidate(out: Terminal, { id, state, reason, code, hint }: DoctorReport['candidates'][number]): void {
  const status = CANDIDATE_MARKS[state];
  const mark = status === null ? '-' : out.style(MARKS[status].style, MARKS[status].mark);
  out.line(
    `           ${mark} ${printable(id)}: ${state}, ${printable(reason)}${code === undefined ? '' : ` (${code})`}`,
  );
  if (hint !== undefined) out.line(out.style('dim', `             do: ${printable(hint)}`));
}
