import { basename } from 'node:path';
import { CodeGraphError } from '../kernel/errors.ts';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { Encoder } from '../model/encoder.ts';
import { findModelFiles } from '../model/model-files.ts';
import { identifyModel, openEncoder, type OpenEncoderOptions, type PassedOverModel } from '../model/open-encoder.ts';
import type { ResolvedModel } from '../model/resolve-model.ts';
import type { ModelRecord } from '../store/model-record.ts';

/** Where a model is and why it was taken. */
export type ChosenModel = Pick<ResolvedModel, 'id' | 'folder' | 'weights' | 'source' | 'reason'>;

/** The part of an opened encoder that indexing uses. */
export interface OpenedEncoderLike {
  readonly encoder: Encoder;
  readonly model: ChosenModel;
  readonly diagnostics: readonly Diagnostic[];
  /** @defaultValue none */
  readonly passedOver?: readonly PassedOverModel[] | undefined;
}

/** How a model's files look: what loads them, and whether they are quantized. */
export type ModelLook = Pick<ModelRecord, 'format' | 'weights' | 'quantization'>;

/** From a reference to a model, as far as it is needed: the model layer's doors, or substitutes. */
export interface ModelOpener {
  open(ref: string | null, options: OpenEncoderOptions): Promise<OpenedEncoderLike>;
  /** Which model would be opened first, without opening it; null where only opening it tells. */
  identify(
    ref: string | null,
    options: OpenEncoderOptions,
  ): Promise<{ readonly model: ChosenModel; readonly fingerprint: string } | null>;
  look(folder: string): Promise<ModelLook>;
}

/** The model layer itself. */
export const MODEL_LAYER: ModelOpener = Object.freeze({
  open: openEncoder,
  identify: identifyModel,
  look: lookAtModel,
});

/** The look of a model that is open already: trouble with its files is none here, only something left unsaid. */
async function lookAtModel(folder: string): Promise<ModelLook> {
  try {
    const { format, weights } = await findModelFiles(folder);
    // Loaded late, with the reader of checkpoints: only a model that is new to an index is looked at.
    const { detectQuantization } = await import('../model/detect.ts');
    const { method } = await detectQuantization(folder);
    const name = weights.startsWith(`${folder}/`) ? weights.slice(folder.length + 1) : basename(weights);
    return { format, weights: name, quantization: method };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    return { format: 'unknown', weights: '', quantization: null };
  }
}
