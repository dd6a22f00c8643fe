import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CodeGraphError, errorMessage } from './kernel/errors.ts';
import { silentLogger, type Logger } from './kernel/logger.ts';
import {
  howLoaded,
  lookAt,
  precisionOfIndex,
  reportCandidates,
  type CandidateReport,
  type DoctorModel,
} from './doctor-models.ts';
import { INDEX_META } from './indexing/index-meta.ts';
import { resolveCacheFolder } from './kernel/cache-folder.ts';
import { createFolder } from './kernel/create-folder.ts';
import { troubleshootingLink } from './kernel/troubleshooting.ts';
import { openEncoder, type OpenedEncoder, type OpenEncoderOptions } from './model/open-encoder.ts';
import { EMBEDDED_MODEL, PREFERRED_MODEL } from './model/resolve-model.ts';
import { packageVersion } from './package-info.ts';
import { readModelRecord, type ModelRecord } from './store/model-record.ts';
import { indexPath, openIndexStore } from './store/open-store.ts';

const run = promisify(execFile);

/** What the doctor looks at, in this order. */
export const DOCTOR_CHECKS = ['node', 'runtime', 'model', 'encode', 'cache', 'store', 'git'] as const;

/** `ok`: fine; `warning`: works, but not as well as it could; `problem`: something does not work. */
export interface DoctorCheck {
  readonly name: (typeof DOCTOR_CHECKS)[number];
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do; always there for a problem. */
  readonly hint?: string | undefined;
  readonly code?: string | undefined;
  /** Where to read more. */
  readonly link?: string | undefined;
}

export interface DoctorReport {
  readonly version: string;
  readonly platform: string;
  readonly checks: readonly DoctorCheck[];
  /** Every model that could serve, in the order they are tried, and why each was or was not taken. */
  readonly candidates: readonly CandidateReport[];
  /** The model that serves, and how it is loaded and run; null when none does. */
  readonly model: DoctorModel | null;
}

export interface DiagnoseOptions {
  /** Folder whose index is looked at. */
  readonly root: string;
  /** @defaultValue null: the default order */
  readonly model?: string | null | undefined;
  readonly logger?: Logger | undefined;
}

const REQUIRED_NODE_MAJOR = 24;
/** About 128 tokens, the length of a usual chunk. */
const SAMPLE_TEXT =
  'src/db/pool.ts Pool.acquire async acquire(timeoutMs: number): Promise<Connection> Takes an idle connection or opens a new one while the pool is below its limit; waits in line otherwise. idle connections limit waiting queue push shift timeout reject connect open release socket retry backoff error closed drain';
const SAMPLE_RUNS = 3;

function fromError(name: DoctorCheck['name'], thrown: unknown, fallbackHint: string): DoctorCheck {
  if (CodeGraphError.isInstance(thrown)) {
    const { message, hint = fallbackHint, code } = thrown;
    return { name, status: 'problem', message, hint, code, link: troubleshootingLink(code) };
  }
  return { name, status: 'problem', message: errorMessage(thrown), hint: fallbackHint };
}

function checkNode(): DoctorCheck {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) >= REQUIRED_NODE_MAJOR)
    return { name: 'node', status: 'ok', message: `Node ${version}` };
  const hint = `Install Node ${REQUIRED_NODE_MAJOR} or newer.`;
  return { name: 'node', status: 'problem', message: `Node ${version} is too old`, hint };
}

function checkRuntime({ encoder }: OpenedEncoder): DoctorCheck {
  const { runtime, reason } = encoder.runtime;
  if (runtime === 'onnxruntime-node') return { name: 'runtime', status: 'ok', message: `${runtime}: native code` };
  return {
    name: 'runtime',
    status: 'warning',
    message: `${runtime}: WebAssembly, several times slower than native code (${reason})`,
    hint: 'Run "npm install onnxruntime-node --ignore-scripts" beside codegraphai: its native library is in the package itself.',
  };
}

function checkModel({ encoder, model, diagnostics, passedOver }: OpenedEncoder, look: DoctorModel): DoctorCheck {
  const { id, dimensions, maxTokens, fingerprint } = encoder.identity;
  const weights = look.weights === '' ? '' : `; ${look.weights}, ${howLoaded(look)}`;
  const message = `${id}: ${model.reason}${weights}; ${dimensions} dimensions, ${maxTokens} tokens, fingerprint ${fingerprint.slice(0, 12)}`;
  const [failed] = passedOver;
  const [unusual] = diagnostics;
  if (failed !== undefined) {
    const reasons = passedOver.map((passed) => `${passed.id} (${passed.code}: ${passed.message})`);
    return {
      name: 'model',
      status: 'warning',
      message: `${message}. It stands in for ${reasons.join(' and ')}`,
      hint: failed.hint ?? 'Get the files of the better model again.',
      code: 'MODEL_FALLBACK',
      link: troubleshootingLink(failed.code),
    };
  }
  if (unusual !== undefined) {
    return {
      name: 'model',
      status: unusual.severity === 'info' ? 'ok' : 'warning',
      message: `${message}. ${diagnostics.map((diagnostic) => diagnostic.message).join('; ')}`,
      hint: unusual.hint ?? 'Get the files of the model again.',
      code: unusual.code,
      link: troubleshootingLink(unusual.code),
    };
  }
  if (id !== EMBEDDED_MODEL) return { name: 'model', status: 'ok', message };
  const hint = `For the full vocabulary run "codegraphai model pull ${PREFERRED_MODEL}", or put it into models/ of this repository.`;
  return { name: 'model', status: 'ok', message, hint };
}

async function checkEncode({ encoder }: OpenedEncoder): Promise<DoctorCheck> {
  const times: number[] = [];
  let tokens = 0;
  for (let count = 0; count < SAMPLE_RUNS; count++) {
    const started = performance.now();
    const matrix = await encoder.encodeDocument([SAMPLE_TEXT]);
    times.push(performance.now() - started);
    tokens = matrix.tokenCounts[0] ?? 0;
    const length = Math.hypot(...matrix.row(0));
    if (!(Math.abs(length - 1) < 1e-3)) {
      const message = `a vector has length ${length} instead of 1`;
      return {
        name: 'encode',
        status: 'problem',
        message,
        hint: 'Delete the compiled models in the cache folder and try again.',
      };
    }
  }
  const best = Math.min(...times);
  const rate = Math.round((tokens / best) * 1_000).toLocaleString('en-US');
  return {
    name: 'encode',
    status: 'ok',
    message: `${tokens} tokens in ${best.toFixed(1)} ms, ${rate} tokens/s on one thread`,
  };
}

async function checkCache(): Promise<DoctorCheck> {
  const folder = resolveCacheFolder();
  try {
    await createFolder(folder);
    await access(folder, constants.W_OK);
    return { name: 'cache', status: 'ok', message: `${folder} (compiled models; safe to delete)` };
  } catch (error) {
    const hint = 'Set CODEGRAPHAI_CACHE to a folder you may write.';
    return { name: 'cache', status: 'problem', message: `${folder} cannot be written: ${errorMessage(error)}`, hint };
  }
}

async function checkStore(root: string, opened: OpenedEncoder | undefined): Promise<DoctorCheck> {
  const path = indexPath(root);
  try {
    await using store = await openIndexStore(root, { access: 'read' });
    const { files, symbols, chunks, embedded } = await store.counts();
    const record = await readModelRecord(store);
    const message = `${path}: ${files} files, ${symbols} symbols, ${embedded} of ${chunks} chunks with vectors${record === null ? '' : ` of ${record.id}`}`;
    if ((await store.getMeta(INDEX_META.edgesStale)) !== '0' || embedded < chunks) {
      return {
        name: 'store',
        status: 'warning',
        message: `${message}; the last run did not finish`,
        hint: 'Run "codegraphai index": it goes on where it was stopped.',
      };
    }
    if (opened !== undefined && record !== null && record.fingerprint !== opened.encoder.identity.fingerprint) {
      const hint =
        'Run "codegraphai index" to encode the repository with the model above; until then questions use the old one.';
      return { name: 'store', status: 'warning', message: `${message}${standsIn(record)}`, hint };
    }
    const [failed] = record?.fallbackFrom ?? [];
    if (record === null || failed === undefined) return { name: 'store', status: 'ok', message };
    return {
      name: 'store',
      status: 'warning',
      message: `${message}${standsIn(record)}`,
      hint: `${failed.hint ?? 'Get the files of the better model again.'} Then run "codegraphai index": it encodes again and parses nothing.`,
      code: 'MODEL_FALLBACK',
      link: troubleshootingLink(failed.code),
    };
  } catch (error) {
    if (CodeGraphError.isInstance(error) && error.code === 'STORE_NOT_FOUND') {
      return { name: 'store', status: 'ok', message: `no index in ${root} yet`, hint: 'Run "codegraphai index".' };
    }
    return fromError('store', error, 'Run "codegraphai index --full".');
  }
}

/** What the model of an index stands in for. */
function standsIn({ fallbackFrom }: ModelRecord): string {
  if (fallbackFrom.length === 0) return '';
  return `, in place of ${fallbackFrom.map(({ id, code, message }) => `${id} (${code}: ${message})`).join(' and ')}`;
}

async function checkGit(): Promise<DoctorCheck> {
  try {
    const { stdout } = await run('git', ['--version']);
    return { name: 'git', status: 'ok', message: stdout.trim() };
  } catch {
    const hint = 'Install git: it knows best which files belong to a repository. Without it .gitignore files are read.';
    return { name: 'git', status: 'warning', message: 'git is not installed', hint };
  }
}

interface ModelFindings {
  readonly opened?: OpenedEncoder | undefined;
  readonly model: DoctorModel | null;
  readonly candidates: readonly CandidateReport[];
  readonly checks: readonly DoctorCheck[];
}

/** Opens the model that would be used; what fails becomes checks. */
async function openModel({ root, model = null, logger }: DiagnoseOptions): Promise<ModelFindings> {
  const precision = await precisionOfIndex(root);
  // What is not here is not fetched to look at it.
  const options: OpenEncoderOptions = { root, logger, workers: 1, weightPrecision: precision, download: 'never' };
  try {
    const opened = await openEncoder(model, options);
    const look = await lookAt(opened, precision);
    const candidates = await reportCandidates(model, opened.model, opened.passedOver, options);
    return { opened, model: look, candidates, checks: [checkRuntime(opened), checkModel(opened, look)] };
  } catch (error) {
    const isRuntime = CodeGraphError.isInstance(error) && error.code === 'MODEL_RUNTIME_MISSING';
    const check = fromError(isRuntime ? 'runtime' : 'model', error, 'Install codegraphai again.');
    return { model: null, candidates: [], checks: [check] };
  }
}

/** Looks at everything a run depends on. Never throws for what it finds; changes nothing but the model cache. */
export async function diagnose(options: DiagnoseOptions): Promise<DoctorReport> {
  const checks: DoctorCheck[] = [checkNode()];
  const found = await openModel({ ...options, logger: options.logger ?? silentLogger });
  const { opened, candidates, model } = found;
  checks.push(...found.checks);
  try {
    if (opened !== undefined) checks.push(await checkEncode(opened));
  } catch (error) {
    checks.push(fromError('encode', error, 'Delete the compiled models in the cache folder and try again.'));
  } finally {
    await opened?.encoder.close();
  }
  checks.push(await checkCache(), await checkStore(options.root, opened), await checkGit());
  return { version: packageVersion(), platform: `${process.platform}-${process.arch}`, checks, candidates, model };
}
