import { removeModel } from '../../models.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes } from '../output/format.ts';
import { printable } from '../output/terminal.ts';
import { repositoryRoot } from '../repository.ts';
import type { ModelAction } from './model-action.ts';

/** `model remove REF` */
export const removeAction: ModelAction = {
  name: 'remove',
  operand: 'required',
  example: 'codegraphai model remove intfloat/multilingual-e5-small',

  async run(context, reference) {
    const { args, out, logger } = context;
    const removal = await removeModel(reference, { root: repositoryRoot(context), logger });
    if (args.flag('json')) {
      out.line(JSON.stringify(removal));
      return EXIT.done;
    }
    out.line(
      `${out.style('bold', printable(reference))} is removed: ${formatBytes(removal.bytesFreed)} are free again`,
    );
    for (const { kind, path } of removal.removed) out.line(`  ${kind.padEnd(10)} ${printable(path)}`);
    return EXIT.done;
  },
};
