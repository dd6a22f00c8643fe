import type { Command, CommandContext } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { ModelAction } from './model-action.ts';
import { inspectAction } from './model-inspect.ts';
import { listAction } from './model-list.ts';
import { pullAction } from './model-pull.ts';
import { removeAction } from './model-remove.ts';

const ACTIONS: readonly ModelAction[] = [inspectAction, pullAction, listAction, removeAction];

export const modelCommand: Command = {
  name: 'model',
  operands: 'inspect|pull|list|remove [REF]',
  summary: 'look into, download, list and remove models',
  description: `inspect REF  Shows the format of a checkpoint, its tensors by type and quantization, which layers are int8, what speaks for
             it being quantized, and what would run it. REF is a folder, a single checkpoint file, or a hub id that is on this
             machine. Nothing in the file is executed; a damaged or forbidden file ends with exit code 5 and the reason.
pull REF     Downloads a model of the Hugging Face hub, <organization>/<name> or <organization>/<name>@<revision>, into the
             cache that Python's libraries use too. Only what is needed; an interrupted download goes on where it stopped.
list         Shows the models of this repository, of the Hugging Face cache and of this package, and what was compiled of them.
remove REF   Removes a model from the Hugging Face cache, with what was compiled of it. Folders of yours are never touched.`,
  options: [],
  examples: [
    { command: 'codegraphai model inspect ./models/elastic/multilingual-e5-small-optimized', explains: 'a folder' },
    { command: 'codegraphai model inspect download/pytorch_model.bin', explains: 'a single file you do not trust' },
    {
      command: 'codegraphai model pull intfloat/multilingual-e5-small',
      explains: 'with HF_TOKEN where a model is private',
    },
    { command: 'codegraphai model remove intfloat/multilingual-e5-small', explains: 'says what it freed' },
  ],

  run(context: CommandContext): Promise<ExitCode> {
    const [word, ...operands] = context.args.positionals;
    const action = ACTIONS.find(({ name }) => name === word);
    if (action === undefined) throw unknownAction(word);
    return action.run(context, operandOf(action, operands));
  },
};

function unknownAction(word: string | undefined): UsageError {
  const names = ACTIONS.map(({ name }) => name).join(', ');
  return new UsageError(word === undefined ? 'what to do with the model is missing' : `there is no "model ${word}"`, {
    code: word === undefined ? 'USAGE_MISSING_ARGUMENT' : 'USAGE_UNKNOWN_COMMAND',
    hint: `Write one of ${names}, for example: ${inspectAction.example}`,
  });
}

function operandOf({ name, operand, example }: ModelAction, [first = '', ...more]: readonly string[]): string {
  const expected = operand === 'required' ? 1 : 0;
  const given = first === '' ? 0 : 1 + more.length;
  if (given > expected) {
    throw new UsageError(`model ${name} takes ${expected === 0 ? 'no name' : 'one REF'}, not ${given}`, {
      code: 'USAGE_TOO_MANY_ARGUMENTS',
      hint: expected === 0 ? `Write: ${example}` : 'Do them one after the other.',
    });
  }
  if (given < expected || (expected === 1 && first.trim() === '')) {
    throw new UsageError(`the name of the model is missing`, {
      code: 'USAGE_MISSING_ARGUMENT',
      hint: `Write for example: ${example}`,
    });
  }
  return first;
}
