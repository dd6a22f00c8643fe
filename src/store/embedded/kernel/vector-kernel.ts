import { readFileSync } from 'node:fs';

/** The memory is the caller's from {@link KERNEL_MEMORY_BASE} on. Addresses and counts are unsigned 32-bit numbers; see `assembly/vector-kernel.ts`. */
export interface VectorKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  clearHeap(heap: number, k: number): void;
  computeInverses(rows: number, inverses: number, rowCount: number, stride: number): void;
  scan(
    rows: number,
    inverses: number,
    rowCount: number,
    stride: number,
    query: number,
    heap: number,
    k: number,
    firstId: number,
  ): void;
  scanFiltered(
    rows: number,
    inverses: number,
    rowCount: number,
    stride: number,
    query: number,
    heap: number,
    k: number,
    firstId: number,
    bitmap: number,
  ): void;
}

/** The kernel has no data of its own; this much is left to its compiler. */
export const KERNEL_MEMORY_BASE = 1024;

/** As much of the global as is used: the types of Node do not have it. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

// The border to the engine: the WebAssembly JavaScript Interface, https://www.w3.org/TR/wasm-js-api/.
const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };

let compiled: object | undefined;

/** A new instance of the SIMD kernel with a memory of its own. The module is compiled once a process. */
export function loadVectorKernel(): VectorKernel {
  compiled ??= new wasm.Module(readFileSync(new URL('./vector-kernel.wasm', import.meta.url)));
  // The border to WebAssembly: the exports of assembly/vector-kernel.ts.
  return new wasm.Instance(compiled).exports as VectorKernel;
}
