import type { Tensor } from '../../../tensor/tensor.ts';
import { ModelError } from '../../model-error.ts';
import { readFiniteFloat32 } from '../initializer-bytes.ts';
import type { LinearForm, LinearLayer } from '../linear-form.ts';
import type { LinearOptions } from '../linear-nodes.ts';
import {
  agreement,
  chooseForm,
  chooseInt8Form,
  ERROR_LIMITS,
  holds,
  REQUIRED_AGREEMENT,
  type Agreement,
} from './choose-forms.ts';
import type { CalibrationSummary } from './calibration-summary.ts';
import { measureLinears, type MeasuredLinear, type MeasureOptions } from './measure-linears.ts';
import { weightStatistics, type WeightStatistics } from './quantization-error.ts';
import { StatisticsProbe, type WatchedLinear } from './statistics-probe.ts';

/** What a calibration is done with. */
export interface CalibrationJob extends Omit<MeasureOptions, 'tokenCounts'> {
  /** Id of the model, for messages. */
  readonly modelId: string;
  /** Texts as the model's tokenizer has them. */
  readonly texts: readonly Int32Array[];
  /** True: no Linear may stay float32, and it is an error when the vectors are not close enough then. */
  readonly strict: boolean;
  /** The float weight [outputSize, inputSize] of a Linear. */
  weight(layer: LinearLayer): Tensor;
  /**
   * Builds the network, loads it and runs all texts.
   *
   * @param probe - Watches the Linears; the rows are then those of its output.
   * @returns a row for each text.
   */
  run(choice: LinearChoice, probe?: StatisticsProbe): Promise<readonly Float32Array[]>;
}

/** How the float Linears of a network run. */
export type LinearChoice = Pick<LinearOptions, 'form' | 'balance'>;

/** What a calibration found. */
export interface CalibrationResult {
  /** The very object the network was last run with, where it was run with it. */
  readonly choice: LinearChoice;
  readonly summary: CalibrationSummary;
}

/**
 * Measures what quantizing each float Linear of a network would cost, and chooses the fastest forms that keep the
 * vectors of all texts close to float32. One run in float32 gives the statistics and the vectors to compare with; then
 * forms are chosen by a limit for the error of one Linear and the network that comes of it is run: the largest limit
 * whose vectors are close enough wins.
 *
 * @throws {@link ModelError} `MODEL_INT8_INEXACT` with `strict`; `MODEL_WEIGHTS_INVALID`; what running throws.
 */
export async function calibrate(job: CalibrationJob): Promise<CalibrationResult> {
  const probe = new StatisticsProbe();
  const samples = (await job.run({}, probe)).map((row) => probe.read(row));
  const measured = measureLinears(probe.linears, await readWeights(job, probe.linears), samples, {
    ...job,
    tokenCounts: job.texts.map((ids) => ids.length),
  });
  const references = samples.map(({ embedding }) => embedding);
  const found = await largestLimit(new Trials(job, measured, references));
  if (job.strict && !holds(found.agreement)) throw inexact(job.modelId, found.agreement);
  return {
    choice: found.choice,
    summary: {
      texts: references.length,
      agreement: found.agreement,
      int8: modulesOf(found.forms, 'int8').length,
      rowwise: modulesOf(found.forms, 'rowwise'),
      float32: modulesOf(found.forms, 'float32'),
      errorLimit: found.limit,
    },
  };
}

async function readWeights(
  job: CalibrationJob,
  linears: readonly WatchedLinear[],
): Promise<ReadonlyMap<LinearLayer, WeightStatistics>> {
  const weights = new Map<LinearLayer, WeightStatistics>();
  for (const { layer } of linears) {
    weights.set(layer, weightStatistics(await readFiniteFloat32(job.weight(layer)), layer.inputSize));
  }
  return weights;
}

/** Forms chosen by one limit, and how the network did with them. */
interface Trial {
  readonly limit: number;
  readonly forms: ReadonlyMap<string, LinearForm>;
  readonly choice: LinearChoice;
  readonly agreement: Agreement;
}

/** Runs the network that comes of a limit; forms that were tried before are not run again. */
class Trials {
  readonly #job: CalibrationJob;
  readonly #measured: ReadonlyMap<string, MeasuredLinear>;
  readonly #references: readonly Float32Array[];
  readonly #done = new Map<string, Omit<Trial, 'limit'>>();

  constructor(job: CalibrationJob, measured: ReadonlyMap<string, MeasuredLinear>, references: readonly Float32Array[]) {
    this.#job = job;
    this.#measured = measured;
    this.#references = references;
  }

  async at(limit: number): Promise<Trial> {
    const choose = this.#job.strict ? chooseInt8Form : chooseForm;
    const forms = new Map([...this.#measured].map(([module, { errors }]) => [module, choose(errors, limit)]));
    const key = [...forms.values()].join();
    const trial = this.#done.get(key) ?? (await this.#run(forms));
    this.#done.set(key, trial);
    return { limit, ...trial };
  }

  async #run(forms: ReadonlyMap<string, LinearForm>): Promise<Omit<Trial, 'limit'>> {
    const choice = choiceOf(this.#measured, forms);
    // Where nothing is quantized nothing can differ.
    const differs = [...forms.values()].some((form) => form !== 'float32');
    const agreed = differs ? agreement(await this.#job.run(choice), this.#references) : { median: 1, minimum: 1 };
    return { forms, choice, agreement: agreed };
  }
}

/** The first limit mostly holds; else the largest of the others that does, by bisection. */
async function largestLimit(trials: Trials): Promise<Trial> {
  const [widest = 0, ...narrower] = ERROR_LIMITS;
  const first = await trials.at(widest);
  if (holds(first.agreement)) return first;
  let best: Trial | null = null;
  let [low, high] = [0, narrower.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const trial = await trials.at(narrower[middle] ?? 0);
    if (holds(trial.agreement)) {
      best = trial;
      high = middle - 1;
    } else {
      low = middle + 1;
    }
  }
  return best ?? trials.at(0);
}

function choiceOf(measured: ReadonlyMap<string, MeasuredLinear>, forms: ReadonlyMap<string, LinearForm>): LinearChoice {
  return {
    form: ({ module }) => forms.get(module) ?? 'float32',
    balance: ({ module }) => measured.get(module)?.balance ?? null,
  };
}

function modulesOf(forms: ReadonlyMap<string, LinearForm>, wanted: LinearForm): string[] {
  return [...forms].filter(([, form]) => form === wanted).map(([module]) => module);
}

function inexact(modelId: string, { median, minimum }: Agreement): ModelError {
  const [least, middle] = [REQUIRED_AGREEMENT.minimum, REQUIRED_AGREEMENT.median];
  return new ModelError(
    `${modelId} loses too much in int8: cosines to float32 of ${median.toFixed(4)} at the median and ${minimum.toFixed(4)} at the minimum, where ${middle} and ${least} are asked for`,
    {
      code: 'MODEL_INT8_INEXACT',
      hint: 'Leave the precision of the weights to "auto", which keeps what int8 would lose in float32, or ask for "float32".',
      details: { median, minimum },
    },
  );
}
