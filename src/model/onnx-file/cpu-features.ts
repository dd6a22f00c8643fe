import { open } from 'node:fs/promises';
import { systemErrorCode } from '../../kernel/errors.ts';

/** What a CPU brings for products of 8-bit numbers. */
export interface CpuFeatures {
  /** As Node names it: `x64`, `arm64`, … */
  readonly architecture: string;
  /** Whether uint8 by int8 products are exact and fast: VNNI of x64, dot products of ARM. */
  readonly int8Products: boolean;
  /** For messages, such as `x64 with VNNI`. */
  readonly description: string;
}

/** The flags of the first core stand at the start of the file. */
const CPUINFO_BYTES = 16 * 1024;

/**
 * Reads the features of this machine's CPU: from /proc/cpuinfo on Linux; elsewhere by architecture alone, and what is not
 * known is taken to be missing.
 *
 * @param source - Where to look, for tests. @defaultValue this machine
 */
export async function readCpuFeatures(
  source: { readonly architecture?: string | undefined; readonly cpuinfo?: string | undefined } = {},
): Promise<CpuFeatures> {
  const { architecture = process.arch } = source;
  const cpuinfo = source.cpuinfo ?? (await readStart('/proc/cpuinfo'));
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  if (architecture === 'x64') {
    const int8Products = flags.has('avx512_vnni') || flags.has('avx_vnni');
    return { architecture, int8Products, description: int8Products ? 'x64 with VNNI' : 'x64 without VNNI' };
  }
  // Every ARM CPU of Apple has them; elsewhere Linux tells.
  const int8Products = architecture === 'arm64' && (flags.size === 0 || flags.has('asimddp') || flags.has('i8mm'));
  return { architecture, int8Products, description: architecture };
}

async function readStart(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CPUINFO_BYTES), 0, CPUINFO_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (cause) {
    // Not Linux, or a sandbox without /proc.
    if (['ENOENT', 'EACCES', 'EPERM'].includes(systemErrorCode(cause) ?? '')) return '';
    throw cause;
  }
}
