import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodeGraph } from '../../src/code-graph.ts';
import { FALLBACK_MODEL, PREFERRED_MODEL } from '../../src/model/resolve-model.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/faults/', import.meta.url));

/** A repository with models around it, as a fault finds it. */
export interface Place {
  /** The repository: one source file, and the models below `models/`. */
  readonly root: string;
  /** Folder of the best model of the default order: PyTorch-quantized, whole until the fault comes. */
  readonly model: string;
  /** Folder of the next one: float32, whole. */
  readonly next: string;
  /** What is undone at the end, last first. */
  readonly cleanups: (() => unknown)[];
}

/** How the command line is run on a damaged place. */
export interface RunSettings {
  /** Further arguments of `index`. */
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Another copy of the command line. */
  readonly cli?: string | undefined;
  /** Folder of which a small file system of its own is made, and its size as `mount` takes it. */
  readonly smallDisk?: { readonly path: string; readonly size: string } | undefined;
  /** Other names of paths in messages. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

export const GROUPS = ['weights', 'tokenizer', 'configuration', 'onnx', 'hub', 'machine'] as const;
export type FaultGroup = (typeof GROUPS)[number];

/** One thing that goes wrong. */
export interface Fault {
  readonly group: FaultGroup;
  /** What is wrong, in English. */
  readonly name: string;
  /** The same in Portuguese. */
  readonly portugueseName: string;
  /** What the system must allow; where it does not, the row of the committed table stands. */
  readonly needs?: 'mount' | undefined;
  damage(place: Place): RunSettings | void | Promise<RunSettings | void>;
}

/** Path of a fixture. */
export function fixture(path: string): string {
  return join(FIXTURES, path);
}

/** One text to encode, of the language whose parser starts quickest. */
const SOURCE_FILE = 'shop.sql';
const SOURCE = '-- Cancels an order.\nCREATE PROCEDURE cancel_order AS BEGIN DELETE FROM orders; END;\n';

/** Long before any run, so that none takes the file for one that has just changed. */
const WRITTEN_AT = new Date('2020-01-01T00:00:00Z');

/** Makes a repository of one source file, parsed already: the faults are about what comes after it. */
export async function makeRepository(): Promise<TemporaryFolder> {
  const folder = temporaryFolder({ [SOURCE_FILE]: SOURCE });
  utimesSync(join(folder.path, SOURCE_FILE), WRITTEN_AT, WRITTEN_AT);
  await using graph = await CodeGraph.open({ root: folder.path, workers: 1 });
  await graph.index({ embed: false });
  return folder;
}

/**
 * Makes the place of a fault: both models whole.
 *
 * @param repository - Folder to copy what is around them from. @defaultValue one source file, not parsed yet
 */
export function makePlace(repository?: string): Place {
  const folder = temporaryFolder(repository === undefined ? { [SOURCE_FILE]: SOURCE } : {});
  if (repository !== undefined) cpSync(repository, folder.path, { recursive: true, preserveTimestamps: true });
  const place: Place = {
    root: folder.path,
    model: join(folder.path, 'models', PREFERRED_MODEL),
    next: join(folder.path, 'models', FALLBACK_MODEL),
    cleanups: [() => folder[Symbol.dispose]()],
  };
  copyModel('quantized', place.model);
  copyModel('float', place.next);
  return place;
}

/** Copies a fixture's model with its tokenizer. */
export function copyModel(name: 'quantized' | 'float', target: string): void {
  cpSync(fixture(name), target, { recursive: true });
  cpSync(fixture('tokenizer'), target, { recursive: true });
}

/** Content of the files of a fixture's model, by path. */
export function modelContent(name: 'quantized' | 'float'): Record<string, Uint8Array> {
  const paths = {
    quantized: ['pytorch_model.bin'],
    float: ['model.safetensors'],
  }[name];
  const configuration = ['config.json', 'modules.json', '1_Pooling/config.json', 'sentence_bert_config.json'];
  const tokenizer = ['tokenizer.json', 'sentencepiece.bpe.model'];
  return Object.fromEntries([
    ...[...paths, ...configuration].map((path) => [path, readFileSync(fixture(`${name}/${path}`))] as const),
    ...tokenizer.map((path) => [path, readFileSync(fixture(`tokenizer/${path}`))] as const),
  ]);
}

/** Puts the next model's weights, whole and float32, in place of the best model's, to be patched. */
export function useFloatWeights({ model }: Place): string {
  rmSync(join(model, 'pytorch_model.bin'));
  const path = join(model, 'model.safetensors');
  copyFileSync(fixture('float/model.safetensors'), path);
  return path;
}

export function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

export function editJson(path: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(value);
  writeFileSync(path, JSON.stringify(value));
}

/** A Git LFS pointer, as a clone without `git lfs pull` has it. */
export const LFS_POINTER: string = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 412186242\n`;
/** What a login page or proxy answers in place of a file. */
export const HTML_PAGE: string = `<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>${'<p>Please sign in.</p>'.repeat(50)}</body></html>\n`;
