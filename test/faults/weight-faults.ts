import { copyFileSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fixture, HTML_PAGE, LFS_POINTER, useFloatWeights, write, type Fault, type Place } from './fault.ts';
import { readSafetensors, writeSafetensors, type SafetensorsEntry } from './safetensors-file.ts';

const WEIGHTS = 'pytorch_model.bin';
const QUERY = 'encoder.layer.0.attention.self.query.weight';

/** Where the parts of the checkpoint's archive begin, found by their names in its local headers. */
function placesOfArchive(path: string): { pickle: number; storage: number; directory: number; length: number } {
  const bytes = readFileSync(path);
  const firstStorage = bytes.indexOf('/data/0');
  return {
    pickle: bytes.indexOf('data.pkl') + 200,
    storage: firstStorage + 100,
    directory: bytes.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1')) - 40,
    length: bytes.length,
  };
}

function cut(name: string, portugueseName: string, at: (path: string) => number): Fault {
  return {
    group: 'weights',
    name: `weights cut off ${name}`,
    portugueseName: `pesos cortados ${portugueseName}`,
    damage: ({ model }) => {
      const path = join(model, WEIGHTS);
      truncateSync(path, at(path));
    },
  };
}

function replaced(name: string, portugueseName: string, file: string): Fault {
  return {
    group: 'weights',
    name,
    portugueseName,
    damage: ({ model }) => copyFileSync(fixture(`damaged/${file}`), join(model, WEIGHTS)),
  };
}

function content(name: string, portugueseName: string, text: string): Fault {
  return { group: 'weights', name, portugueseName, damage: ({ model }) => write(join(model, WEIGHTS), text) };
}

function patched(name: string, portugueseName: string, patch: (entries: Map<string, SafetensorsEntry>) => void): Fault {
  return {
    group: 'weights',
    name,
    portugueseName,
    damage: (place) => {
      const path = useFloatWeights(place);
      const entries = readSafetensors(path);
      patch(entries);
      writeSafetensors(path, entries);
    },
  };
}

function entryOf(entries: Map<string, SafetensorsEntry>, name: string): SafetensorsEntry {
  const entry = entries.get(name);
  if (entry === undefined) throw new TypeError(`the fixture has no ${name}`);
  return entry;
}

/** Splits the weights over two files behind an index, as large models have them. */
function shard({ model, ...place }: Place, shards: readonly string[]): void {
  const path = useFloatWeights({ model, ...place });
  const entries = [...readSafetensors(path)];
  rmSync(path);
  const half = Math.ceil(entries.length / shards.length);
  const map: Record<string, string> = {};
  for (const [index, file] of shards.entries()) {
    const part = new Map(entries.slice(index * half, (index + 1) * half));
    for (const name of part.keys()) map[name] = file;
    if (!file.includes('..')) writeSafetensors(join(model, file), part);
  }
  write(join(model, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }));
}

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;

export const WEIGHT_FAULTS: readonly Fault[] = [
  cut('in the first header', 'no primeiro cabeçalho', () => 20),
  cut('inside the pickle', 'dentro do pickle', (path) => placesOfArchive(path).pickle),
  cut('inside the first storage', 'dentro do primeiro storage', (path) => placesOfArchive(path).storage),
  cut('inside the central directory', 'dentro do diretório central', (path) => placesOfArchive(path).directory),
  cut('before the last byte', 'antes do último byte', (path) => placesOfArchive(path).length - 1),
  content('weights are a Git LFS pointer', 'os pesos são um ponteiro do Git LFS', LFS_POINTER),
  content('weights are an HTML page', 'os pesos são uma página HTML', HTML_PAGE),
  content('weights are empty', 'os pesos estão vazios', ''),
  content(
    'weights are text that is no checkpoint',
    'os pesos são texto, não um checkpoint',
    'no checkpoint\n'.repeat(500),
  ),
  {
    group: 'weights',
    name: 'one byte of the weights is another',
    portugueseName: 'um byte dos pesos é outro',
    damage: ({ model }) => {
      const path = join(model, WEIGHTS);
      const bytes = readFileSync(path);
      const at = placesOfArchive(path).storage;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at);
      write(path, bytes);
    },
  },
  replaced('pickle names os.system', 'o pickle nomeia os.system', 'forbidden-global.bin'),
  replaced('a whole pickled module', 'um módulo inteiro em pickle', 'pickled-module.bin'),
  replaced('a TorchScript archive', 'um arquivo TorchScript', 'torchscript.bin'),
  replaced('a quantization scale is NaN', 'uma escala de quantização é NaN', 'nan-scales.bin'),
  patched('a weight is NaN', 'um peso é NaN', (entries) => {
    entryOf(entries, QUERY).data.writeFloatLE(Number.NaN, 64);
  }),
  patched('a tensor is missing', 'falta um tensor', (entries) => entries.delete(QUERY)),
  patched('a tensor has another shape', 'um tensor tem outra forma', (entries) => {
    entryOf(entries, QUERY).shape = [16, 64];
  }),
  {
    group: 'weights',
    name: 'safetensors header longer than the file',
    portugueseName: 'cabeçalho safetensors maior que o arquivo',
    damage: (place) => {
      const path = useFloatWeights(place);
      const bytes = readFileSync(path);
      bytes.writeBigUInt64LE(1n << 40n, 0);
      write(path, bytes);
    },
  },
  {
    group: 'weights',
    name: 'safetensors file cut in half',
    portugueseName: 'arquivo safetensors cortado ao meio',
    damage: (place) => truncateSync(useFloatWeights(place), 50_000),
  },
  {
    group: 'weights',
    name: 'a shard is missing',
    portugueseName: 'falta um shard',
    damage: (place) => {
      shard(place, SHARDS);
      rmSync(join(place.model, SHARDS[1]));
    },
  },
  {
    group: 'weights',
    name: 'a shard is a Git LFS pointer',
    portugueseName: 'um shard é um ponteiro do Git LFS',
    damage: (place) => {
      shard(place, SHARDS);
      write(join(place.model, SHARDS[1]), LFS_POINTER);
    },
  },
  {
    group: 'weights',
    name: 'index.json names a file outside the folder',
    portugueseName: 'index.json nomeia um arquivo fora da pasta',
    damage: (place) => shard(place, [SHARDS[0], '../../../outside.safetensors']),
  },
  {
    group: 'weights',
    name: 'no weights at all',
    portugueseName: 'nenhum peso',
    damage: ({ model }) => rmSync(join(model, WEIGHTS)),
  },
  {
    group: 'weights',
    name: 'safetensors are a Git LFS pointer, pytorch_model.bin is whole',
    portugueseName: 'o safetensors é um ponteiro do Git LFS, pytorch_model.bin está inteiro',
    damage: ({ model }) => write(join(model, 'model.safetensors'), LFS_POINTER),
  },
];
