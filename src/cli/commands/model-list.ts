import { listModels, type ListedModel } from '../../models.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, plural } from '../output/format.ts';
import { printable, type Terminal } from '../output/terminal.ts';
import { repositoryRoot } from '../repository.ts';
import type { ModelAction } from './model-action.ts';

const PLACES: Readonly<Record<ListedModel['source'], string>> = {
  project: 'models/ of the project',
  'hub-cache': 'Hugging Face cache',
  embedded: 'part of this package',
};

/** `model list` */
export const listAction: ModelAction = {
  name: 'list',
  operand: 'none',
  example: 'codegraphai model list',

  async run(context) {
    const { args, out, logger } = context;
    const list = await listModels({ root: repositoryRoot(context), logger });
    if (args.flag('json')) {
      out.line(JSON.stringify(list));
      return EXIT.done;
    }
    for (const model of list.models) printModel(out, model);
    if (list.otherCompiled.length > 0) {
      const bytes = list.otherCompiled.reduce((sum, form) => sum + form.bytes, 0);
      const what = `${plural(list.otherCompiled.length, 'compiled form')} of other models, ${formatBytes(bytes)}`;
      out.line(out.style('dim', `${what}, in ${printable(list.compiledFolder)}`));
    }
    return EXIT.done;
  },
};

function printModel(out: Terminal, model: ListedModel): void {
  const { id, source, folder, commit, revisions = [], bytes, missing, isDefault, compiled } = model;
  const mark = isDefault ? out.style('green', '  (the default here)') : '';
  out.line(`${out.style('bold', printable(id))}${mark}`);
  const names = revisions.length === 0 ? '' : `${revisions.join(', ')} `;
  const version = commit === undefined ? '' : `, ${printable(names)}at ${commit.slice(0, 12)}`;
  out.line(`  ${PLACES[source]}${version}, ${formatBytes(bytes)}`);
  out.line(`  ${printable(folder)}`);
  if (missing !== undefined) out.line(`  ${out.style('yellow', `not whole: ${printable(missing)}`)}`);
  for (const form of compiled) out.line(out.style('dim', `  compiled: ${formatBytes(form.bytes)}, ${form.folder}`));
}
