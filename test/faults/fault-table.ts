import { GROUPS, type FaultGroup } from './fault.ts';
import type { FaultRow } from './run-fault.ts';

/** A language the table is written in; what the program says stays as it says it. */
export const TABLE_LANGUAGES = ['en', 'pt'] as const;
export type TableLanguage = (typeof TABLE_LANGUAGES)[number];

interface Words {
  readonly file: string;
  readonly title: string;
  readonly introduction: string;
  readonly columns: readonly string[];
  readonly groups: Readonly<Record<FaultGroup, string>>;
  readonly nothing: string;
  readonly noModel: string;
}

const WORDS: Readonly<Record<TableLanguage, Words>> = {
  en: {
    file: 'docs/faults.md',
    title: 'What happens when a model is damaged',
    introduction: `Each row was run: the fault was made in a small repository with two small models in \`models/\` —
\`elastic/multilingual-e5-small-optimized\`, PyTorch-quantized, which carries the fault, and
\`intfloat/multilingual-e5-small\`, float32 and whole — and \`codegraphai index --json\` was called; once more strictly, with
\`--strict\` or the library's \`strict: true\`. For faults of the hub the first model is not there and \`--model org/model\` is asked of a hub that misbehaves.

"Logged" is what stands in \`diagnostics\` of the report, on standard error, and later in \`codegraphai doctor\` and the index
itself; "What to do" is the hint beside it. Exit codes: 0 done, 4 model, 5 damaged input. Without \`--strict\` a model that cannot
be loaded never ends a run while another can serve; with it, nothing takes the place of the model that was meant. What each
code means is in [troubleshooting](troubleshooting.md).

This page is written by the tests that run the faults (\`UPDATE_DOCS=1 npx vitest run test/faults\`); they fail when it differs
from what happens.`,
    columns: ['Fault', 'Logged', 'What to do', 'Model that runs', 'Exit', 'Exit with `--strict`'],
    groups: {
      weights: 'Weights',
      tokenizer: 'Tokenizer',
      configuration: 'Configuration',
      onnx: 'Ready ONNX graphs',
      hub: 'Hugging Face hub',
      machine: 'Machine',
    },
    nothing: 'nothing',
    noModel: 'none',
  },
  pt: {
    file: 'docs/pt-BR/faults.md',
    title: 'O que acontece quando um modelo está danificado',
    introduction: `Cada linha foi executada: a falha foi provocada em um repositório pequeno com dois modelos pequenos em \`models/\` —
\`elastic/multilingual-e5-small-optimized\`, quantizado pelo PyTorch, que recebe a falha, e
\`intfloat/multilingual-e5-small\`, float32 e inteiro — e \`codegraphai index --json\` foi chamado; outra vez de modo estrito, com
\`--strict\` ou \`strict: true\` da biblioteca. Nas falhas do hub o primeiro modelo não existe e \`--model org/model\` é pedido a um hub que se comporta mal.

"Registrado" é o que aparece em \`diagnostics\` do relatório, na saída de erro e, depois, em \`codegraphai doctor\` e no próprio
índice; "O que fazer" é a dica ao lado. As mensagens do programa são em inglês. Códigos de saída: 0 concluído, 4 modelo,
5 entrada danificada. Sem \`--strict\`, um modelo que não carrega nunca encerra a execução enquanto outro pode servir; com ele,
nada toma o lugar do modelo pretendido. O significado de cada código está em [solução de problemas](troubleshooting.md).

Esta página é escrita pelos testes que executam as falhas (\`UPDATE_DOCS=1 npx vitest run test/faults\`); eles falham quando ela
difere do que acontece.`,
    columns: ['Falha', 'Registrado', 'O que fazer', 'Modelo que roda', 'Saída', 'Saída com `--strict`'],
    groups: {
      weights: 'Pesos',
      tokenizer: 'Tokenizador',
      configuration: 'Configuração',
      onnx: 'Grafos ONNX prontos',
      hub: 'Hub da Hugging Face',
      machine: 'Máquina',
    },
    nothing: 'nada',
    noModel: 'nenhum',
  },
};

/** Path of the page of a language, relative to the repository. */
export function pageOf(language: TableLanguage): string {
  return WORDS[language].file;
}

/** The page of a language: one table a group of faults. */
export function writePage(
  rows: readonly FaultRow[],
  language: TableLanguage,
  kept: ReadonlyMap<string, string>,
): string {
  const words = WORDS[language];
  const sections = GROUPS.map((group) => {
    const lines = rows.filter(({ fault }) => fault.group === group).map((row) => writeRow(row, language, kept));
    const head = `| ${words.columns.join(' | ')} |\n|${words.columns.map(() => '---').join('|')}|`;
    return `## ${words.groups[group]}\n\n${head}\n${lines.join('\n')}`;
  });
  return `# ${words.title}\n\n${words.introduction}\n\n${sections.join('\n\n')}\n`;
}

/** Rows of a committed page by the name of their fault: they stand for faults that this system does not allow to make. */
export function committedRows(page: string): ReadonlyMap<string, string> {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  return new Map(rows.map((line) => [line.slice(2, line.indexOf(' |', 2)), line]));
}

function writeRow(row: FaultRow, language: TableLanguage, kept: ReadonlyMap<string, string>): string {
  const { fault, logged, hints, model, exit, strictExit, strictCode } = row;
  const { nothing, noModel } = WORDS[language];
  const name = language === 'pt' ? fault.portugueseName : fault.name;
  const committed = kept.get(name);
  if (fault.needs !== undefined && committed !== undefined && exit === null) return committed;
  const cells = [
    name,
    logged.length === 0 ? nothing : logged.map(code).join('<br>'),
    hints.length === 0 ? '' : hints.map(code).join('<br>'),
    model === null ? noModel : code(model),
    String(exit),
    strictCode === null ? String(strictExit) : `${strictExit} ${code(strictCode)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Text as code, whatever it holds: a fence longer than the longest run of backticks in it. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', String.raw`\|`)}${space}${fence}`;
}
