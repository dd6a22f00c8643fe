import type { Tensor } from '../../../tensor/tensor.ts';
import { ModelError } from '../../model-error.ts';
import { readFiniteFloat32 } from '../initializer-bytes.ts';
import type { LinearForm, LinearLayer } from '../linear-form.ts';
import type { LinearOptions } from '../linear-nodes.ts';
import { agreement, holds, REQUIRED_AGREEMENT, type Agreement } from './agreement.ts';
import type { CalibrationSummary } from './calibration-summary.ts';
import { chooseForm, upgraded, upgradeOrder, type LinearForms, type Upgrade } from './choose-forms.ts';
import { measureLinears, type MeasuredLinear, type MeasureOptions } from './measure-linears.ts';
import { weightStatistics, type WeightStatistics } from './quantization-error.ts';
import { StatisticsProbe, type WatchedLinear } from './statistics-probe.ts';

/** What a calibration is done with. */
export interface CalibrationJob extends Omit<MeasureOptions, 'tokenCounts' | 'balances'> {
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
 * vectors of all texts close to float32. One run in float32 gives the statistics and the vectors to compare with. The
 * fastest network that the statistics allow is tried first. Where its vectors are not close enough, inputs are balanced,
 * and the Linears that lose most for their time are moved to the next better form until they are.
 *
 * @throws {@link ModelError} `MODEL_INT8_INEXACT` with `strict`; `MODEL_WEIGHTS_INVALID`; what running throws.
 */
export async function calibrate(job: CalibrationJob): Promise<CalibrationResult> {
  const probe = new StatisticsProbe();
  const samples = (await job.run({}, probe)).map((row) => probe.read(row));
  const weights = await readWeights(job, probe.linears);
  const tokenCounts = job.texts.map((ids) => ids.length);
  const references = samples.map(({ embedding }) => embedding);
  const trials = ({ balances, errorLimit }: Approach): Trials => {
    const measured = measureLinears(probe.linears, weights, samples, { ...job, tokenCounts, balances });
    return new Trials(job, measured, { references, errorLimit });
  };
  const fastest = await trials(FASTEST).at(0);
  const found = holds(fastest.agreement) ? fastest : await fewestUpgrades(trials(EXACT));
  if (job.strict && !holds(found.agreement)) throw inexact(job.modelId, found.agreement);
  return {
    choice: found.choice,
    summary: {
      texts: references.length,
      agreement: found.agreement,
      int8: modulesOf(found.forms, 'int8').length,
      rowwise: modulesOf(found.forms, 'rowwise'),
      float32: modulesOf(found.forms, 'float32'),
      upgrades: found.upgrades,
    },
  };
}

/** How the forms of Linears are chosen before the network is tried. */
interface Approach {
  /** Whether input channels are balanced: each such input costs a pass over it. */
  readonly balances: boolean;
  /** Error of a Linear up to which `int8` is taken. */
  readonly errorLimit: number;
}

/**
 * Only what is far worse than the rest leaves `int8`. In multilingual-e5-small that is three FFN outputs, and enough: half
 * a tenth faster than {@link EXACT}, at cosines of .9989 / .9977 instead of .9996 / .9992 on 140 texts.
 */
const FASTEST: Approach = { balances: false, errorLimit: 0.3 };
/** Most Linears are far below this limit, those with outliers far above. */
const EXACT: Approach = { balances: true, errorLimit: 0.12 };

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

/** The network after a number of upgrades, and how it did. */
interface Trial {
  readonly upgrades: number;
  readonly forms: LinearForms;
  readonly choice: LinearChoice;
  readonly agreement: Agreement;
}

/** Runs the network with some of its Linears in better forms than the statistics asked for. */
class Trials {
  readonly #job: CalibrationJob;
  readonly #measured: ReadonlyMap<string, MeasuredLinear>;
  readonly #references: readonly Float32Array[];
  readonly #start: LinearForms;
  readonly #upgrades: readonly Upgrade[];

  constructor(
    job: CalibrationJob,
    measured: ReadonlyMap<string, MeasuredLinear>,
    { references, errorLimit }: { readonly references: readonly Float32Array[]; readonly errorLimit: number },
  ) {
    this.#job = job;
    this.#measured = measured;
    this.#references = references;
    const candidates = job.strict ? withoutFloat32(measured) : measured;
    this.#start = new Map([...candidates].map(([module, { errors }]) => [module, chooseForm(errors, errorLimit)]));
    this.#upgrades = upgradeOrder(candidates, this.#start);
  }

  /** Numbers of upgrades that are tried, at most a seventh more each: bisection needs few of them. */
  get counts(): readonly number[] {
    const counts = [0];
    const all = this.#upgrades.length;
    for (let count = 1; count < all; count = Math.ceil(count * 1.15)) counts.push(count);
    return all === 0 ? counts : [...counts, all];
  }

  async at(upgrades: number): Promise<Trial> {
    const forms = upgraded(this.#start, this.#upgrades, upgrades);
    const choice = choiceOf(this.#measured, forms);
    // Where nothing is quantized nothing can differ.
    const differs = [...forms.values()].some((form) => form !== 'float32');
    const agreed = differs ? agreement(await this.#job.run(choice), this.#references) : EQUAL;
    return { upgrades, forms, choice, agreement: agreed };
  }
}

const EQUAL: Agreement = { median: 1, minimum: 1 };

/** An error that no form comes near leaves only the other two to choose from. */
function withoutFloat32(measured: ReadonlyMap<string, MeasuredLinear>): ReadonlyMap<string, MeasuredLinear> {
  return new Map(
    [...measured].map(([module, linear]) => [module, { ...linear, errors: { ...linear.errors, float32: Infinity } }]),
  );
}

/** Mostly none are needed; else the fewest of {@link Trials.counts} that do, found by bisection; else all. */
async function fewestUpgrades(trials: Trials): Promise<Trial> {
  const { counts } = trials;
  let last = await trials.at(0);
  if (holds(last.agreement)) return last;
  let best: Trial | null = null;
  let [low, high] = [1, counts.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    last = await trials.at(counts[middle] ?? 0);
    if (holds(last.agreement)) {
      best = last;
      high = middle - 1;
    } else {
      low = middle + 1;
    }
  }
  // Where none holds, the last that was tried had all of them.
  return best ?? last;
}

function choiceOf(measured: ReadonlyMap<string, MeasuredLinear>, forms: ReadonlyMap<string, LinearForm>): LinearChoice {
  return {
    form: ({ module }) => forms.get(module) ?? 'float32',
    balance: ({ module }) => measured.get(module)?.balance ?? null,
  };
}

function modulesOf(forms: LinearForms, wanted: LinearForm): string[] {
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
