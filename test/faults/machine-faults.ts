import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editJson, write, type Fault, type Place } from './fault.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An installation of its own, without some dependencies. */
function installWithout(place: Place, missing: readonly string[]): string {
  const folder = join(place.root, '.install');
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'models'), join(folder, 'models'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!missing.includes(name)) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return join(folder, 'src/cli/bin.ts');
}

/** Has every thread of a run load a module first. */
function preload(place: Place, source: string): { env: Record<string, string> } {
  const path = join(place.root, '.preload.mjs');
  write(path, source);
  return { env: { NODE_OPTIONS: `--import=${path}` } };
}

/** Changes the weights just before the compiled model is complete. */
const CHANGE_WEIGHTS = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { writeFile } = fs.promises;
fs.promises.writeFile = async (path, ...rest) => {
  if (String(path).endsWith('compiled.json')) fs.appendFileSync(process.env.CHANGED_FILE, 'x');
  return writeFile(path, ...rest);
};
syncBuiltinESMExports();
`;

/** Ends an encode worker at its first text. */
const END_WORKER = `
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
if (!isMainThread && workerData?.modelPath !== undefined) parentPort.on('message', () => process.exit(3));
`;

export const MACHINE_FAULTS: readonly Fault[] = [
  {
    group: 'machine',
    name: 'no ONNX runtime is installed',
    portugueseName: 'nenhum runtime ONNX instalado',
    damage: (place) => ({ cli: installWithout(place, ['onnxruntime-node', 'onnxruntime-web']) }),
  },
  {
    group: 'machine',
    name: 'the cache folder cannot be written',
    portugueseName: 'a pasta de cache não pode ser escrita',
    damage: ({ root }) => {
      write(join(root, '.file'), '');
      const cache = join(root, '.file', 'cache');
      return { env: { CODEGRAPHAI_CACHE: cache }, names: { [cache]: '<cache>' } };
    },
  },
  {
    group: 'machine',
    name: 'disk full while the model is compiled',
    portugueseName: 'disco cheio enquanto o modelo é compilado',
    needs: 'mount',
    damage: ({ root }) => {
      const path = join(root, '.cache');
      return { env: { CODEGRAPHAI_CACHE: path }, smallDisk: { path, size: '32k' }, names: { [path]: '<cache>' } };
    },
  },
  {
    group: 'machine',
    name: 'the weights change while they are compiled',
    portugueseName: 'os pesos mudam enquanto são compilados',
    damage: (place) => {
      const { env } = preload(place, CHANGE_WEIGHTS);
      const cache = join(place.root, '.cache');
      // Compiled in a cache of its own: elsewhere it may be there already.
      return {
        env: { ...env, CHANGED_FILE: join(place.model, 'pytorch_model.bin'), CODEGRAPHAI_CACHE: cache },
        names: { [cache]: '<cache>' },
      };
    },
  },
  {
    group: 'machine',
    name: 'an encode worker dies',
    portugueseName: 'um worker de codificação morre',
    damage: (place) => preload(place, END_WORKER),
  },
  {
    group: 'machine',
    name: 'the folder named with --model does not exist',
    portugueseName: 'a pasta nomeada com --model não existe',
    damage: () => ({ args: ['--model', './no-such-model'] }),
  },
  {
    group: 'machine',
    name: 'every model on the machine is damaged but the embedded one',
    portugueseName: 'todos os modelos da máquina estão danificados, menos o embutido',
    damage: ({ model, next }) => {
      rmSync(join(model, 'pytorch_model.bin'));
      editJson(join(next, 'config.json'), (config) => (config['model_type'] = 'mamba'));
    },
  },
];
