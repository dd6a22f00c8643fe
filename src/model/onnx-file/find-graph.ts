import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { CodeGraphError, systemErrorCode } from '../../kernel/errors.ts';
import { chooseGraph, type ChooseGraphOptions, type GraphChoice } from './choose-graph.ts';
import { readCpuFeatures } from './cpu-features.ts';
import { graphInterface } from './graph-interface.ts';
import { onnxLimitExceeded } from './onnx-error.ts';
import type { OnnxModel } from './onnx-model.ts';
import { readOnnxModel } from './read-onnx-model.ts';

/** Graphs that are looked at in one folder (CWE-770); repositories have up to 15. */
const MAX_GRAPHS = 64;

/** A ready graph and what was passed over for it. */
export interface FoundGraph extends GraphChoice {
  /** `MODEL_WEIGHTS_SKIPPED` for every graph that cannot be used. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Paths of the ONNX graphs of a model folder, as Optimum, transformers.js and sentence-transformers export them. */
export async function listGraphs(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const place of [join(folder, 'onnx'), folder]) {
    const names = (await listFolder(place)).filter((name) => /^model.*\.onnx$/.test(name));
    paths.push(...names.toSorted().map((name) => join(place, name)));
  }
  if (paths.length > MAX_GRAPHS) throw onnxLimitExceeded(folder, `it has ${paths.length} ONNX graphs`, MAX_GRAPHS);
  return paths;
}

/**
 * Reads ONNX graphs and picks the one that suits this CPU best; those that cannot be used are passed over.
 *
 * @param paths - At least one.
 * @throws {@link OnnxError} of the first when none can be used.
 */
export async function findGraph(
  paths: readonly string[],
  options: Partial<ChooseGraphOptions> = {},
): Promise<FoundGraph> {
  const models: OnnxModel[] = [];
  const failures: Array<{ path: string; error: CodeGraphError }> = [];
  for (const path of paths) {
    try {
      const model = await readOnnxModel(path);
      graphInterface(model);
      models.push(model);
    } catch (error) {
      if (!CodeGraphError.isInstance(error)) throw error;
      failures.push({ path, error });
    }
  }
  const [first] = failures;
  if (models.length === 0) throw first === undefined ? new RangeError('there is no graph to look at') : first.error;
  const choice = chooseGraph(models, { ...options, cpu: options.cpu ?? (await readCpuFeatures()) });
  return { ...choice, diagnostics: failures.map(({ error }) => skipped(error, choice.model.path)) };
}

function skipped(error: CodeGraphError, taken: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'MODEL_WEIGHTS_SKIPPED',
    message: `${error.message}; ${basename(taken)} is taken instead`,
    hint: error.hint,
  };
}

/** Names in a folder; none where there is no such folder. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '')) return [];
    throw cause;
  }
}
