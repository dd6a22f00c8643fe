/**
 * Compiles the AssemblyScript of the vector kernel to `src/store/embedded/kernel/vector-kernel.wasm`, which is kept in the
 * repository: installing needs no compiler. With `--check` writes nothing and fails where the kept file is not the
 * result. Usage: node scripts/build-kernel.ts [--check]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const KERNEL_FOLDER = new URL('../src/store/embedded/kernel/', import.meta.url);
const SOURCE = 'assembly/vector-kernel.ts';
const BINARY = new URL('vector-kernel.wasm', KERNEL_FOLDER);

/** Bytes of the kernel, compiled from its source. */
export async function compileKernel(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  let messages = '';
  const { error } = await compile(
    [SOURCE, '--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
    {
      readFile: async (name, folder) => {
        if (name !== SOURCE) return null;
        return await readFile(new URL(name, KERNEL_FOLDER), 'utf8').catch(() => {
          throw new Error(`${name} is missing in ${folder}`);
        });
      },
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) binary = contents;
      },
      listFiles: () => [],
      stderr: {
        write: (chunk) => {
          messages += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        },
      },
    },
  );
  if (error !== null || binary === undefined) throw new Error(`the kernel does not compile: ${messages}`);
  return binary;
}

async function main(): Promise<void> {
  const binary = await compileKernel();
  if (!process.argv.includes('--check')) {
    await writeFile(BINARY, binary);
    console.log(`${fileURLToPath(BINARY)}: ${binary.byteLength} bytes`);
    return;
  }
  if (!Buffer.from(binary).equals(await readFile(BINARY))) {
    throw new Error('vector-kernel.wasm is not the result of its source; run node scripts/build-kernel.ts');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
