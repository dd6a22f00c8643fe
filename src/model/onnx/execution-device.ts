import { errorMessage } from '../../kernel/errors.ts';
import { ModelError } from '../model-error.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { SESSION_OPTIONS, type OrtModule, type RuntimeName } from './ort-module.ts';

/** Where a graph runs: `cpu`, or an execution provider of ONNX Runtime with the number of the device, such as `cuda:1`. */
export type Device = string;

/** Where graphs run unless another device is asked for. */
export const DEFAULT_DEVICE = 'cpu';

/** Names people know from PyTorch for what ONNX Runtime calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = { mps: 'coreml', gpu: 'cuda', directml: 'dml' };

/** Devices that the installed runtime was built for; whether the machine has them shows when they are opened. */
export function devicesOf(ort: OrtModule, name: RuntimeName): readonly string[] {
  // The web package tells nothing; without a browser it has WebAssembly alone.
  if (name === 'onnxruntime-web') return ['cpu', 'wasm'];
  return ort.listSupportedBackends?.().map((backend) => backend.name) ?? ['cpu'];
}

/** Session options for a device: none for the CPU, which is where everything runs that nothing else takes. */
export type DeviceOptions = Readonly<Record<string, unknown>>;

/**
 * Opens a device by running an empty graph on it, so that a device that is not there is told apart from a model it
 * cannot run. Never takes another device instead.
 *
 * @throws {@link ModelError} `MODEL_DEVICE_UNAVAILABLE`.
 */
export async function openDevice(ort: OrtModule, name: RuntimeName, device: Device): Promise<DeviceOptions> {
  const available = devicesOf(ort, name);
  const [, kind = '', index] = /^([a-z]+)(?::(\d{1,3}))?$/.exec(device) ?? [];
  if (!available.includes(kind)) {
    throw unavailable(device, available, `${name} here was not built for it`, ALIASES[kind]);
  }
  if (kind === 'cpu' || kind === 'wasm') {
    if (index === undefined) return {};
    throw unavailable(device, available, `${kind} is one device and has no number`, kind);
  }
  const provider = { name: kind, ...(index === undefined ? {} : { deviceId: Number(index) }) };
  const options = { executionProviders: [provider] };
  const graph = new OnnxGraph('device_probe');
  graph.output(graph.input('input', 'float32', [1]), 'output', 'float32', [1]);
  try {
    const session = await ort.InferenceSession.create(graph.serialize(null).model, { ...SESSION_OPTIONS, ...options });
    await session.release();
  } catch (cause) {
    // Some providers explain themselves over several lines.
    const reason = errorMessage(cause).replaceAll(/\s+/g, ' ').trim();
    throw unavailable(device, available, `${name} cannot open it: ${reason}`, undefined, cause);
  }
  return options;
}

function unavailable(
  device: Device,
  available: readonly string[],
  reason: string,
  instead: string | undefined,
  cause?: unknown,
): ModelError {
  const usable = instead !== undefined && available.includes(instead) ? instead : DEFAULT_DEVICE;
  return new ModelError(`device ${JSON.stringify(device)} is not available: ${reason}`, {
    code: 'MODEL_DEVICE_UNAVAILABLE',
    hint: `Use "${usable}"; the installed runtime was built for ${available.join(', ')}.`,
    details: { device, available },
    cause,
  });
}
