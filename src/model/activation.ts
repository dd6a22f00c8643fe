/** How an activation is computed: one name for all spellings that mean the same. */
export const ACTIVATIONS = [
  'gelu',
  'gelu_10',
  'gelu_tanh',
  'quick_gelu',
  'silu',
  'relu',
  'relu2',
  'relu6',
  'leaky_relu',
  'mish',
  'hardswish',
  'sigmoid',
  'tanh',
  'linear',
] as const;
export type Activation = (typeof ACTIVATIONS)[number];

interface ActivationFacts {
  /** Just below the least value it can have; undefined where there is none. Quantization to int8 makes use of it. */
  readonly minimum?: number | undefined;
  /** Names in `hidden_act` of config.json (`ACT2CLS` of transformers/activations.py). */
  readonly names: readonly string[];
}

const FACTS: Readonly<Record<Activation, ActivationFacts>> = {
  // The least value is -0.169972 at -0.7518.
  gelu: { minimum: -0.17, names: ['gelu', 'gelu_python'] },
  // Cut at 10 and -10.
  gelu_10: { minimum: -0.17, names: ['gelu_10'] },
  // The formula with tanh, which transformers writes in several ways; -0.170041 at -0.7525.
  gelu_tanh: {
    minimum: -0.1701,
    names: ['gelu_new', 'gelu_fast', 'gelu_pytorch_tanh', 'gelu_python_tanh', 'gelu_accurate'],
  },
  // x * sigmoid(1.702 x): -0.163610, that of silu over 1.702.
  quick_gelu: { minimum: -0.1637, names: ['quick_gelu'] },
  // -0.278465 at -1.2785.
  silu: { minimum: -0.2785, names: ['silu', 'swish'] },
  relu: { minimum: 0, names: ['relu'] },
  relu2: { minimum: 0, names: ['relu2'] },
  relu6: { minimum: 0, names: ['relu6'] },
  leaky_relu: { names: ['leaky_relu'] },
  // -0.308843 at -1.1924.
  mish: { minimum: -0.3089, names: ['mish'] },
  // -0.375 at -1.5.
  hardswish: { minimum: -0.3751, names: ['hardswish'] },
  sigmoid: { minimum: 0, names: ['sigmoid'] },
  // MLAS rounds to -1.0000001.
  tanh: { minimum: -1.0001, names: ['tanh'] },
  linear: { names: ['linear'] },
};

const BY_NAME: ReadonlyMap<string, Activation> = new Map(
  ACTIVATIONS.flatMap((activation) => FACTS[activation].names.map((name) => [name, activation] as const)),
);

/** Every spelling of `hidden_act` that is supported. */
export const ACTIVATION_NAMES: readonly string[] = [...BY_NAME.keys()];

/** The activation that config.json means, null for one that is not computed. */
export function activationNamed(name: string): Activation | null {
  return BY_NAME.get(name) ?? null;
}

/** A number just below the least value the activation can have; undefined where there is no least value. */
export function activationMinimum(activation: Activation): number | undefined {
  return FACTS[activation].minimum;
}

/** Classes of `torch.nn` by the last word of their path in lower case: `torch.nn.modules.activation.Tanh`. */
const TORCH_CLASSES: Readonly<Record<string, Activation>> = {
  identity: 'linear',
  tanh: 'tanh',
  relu: 'relu',
  relu6: 'relu6',
  leakyrelu: 'leaky_relu',
  gelu: 'gelu',
  silu: 'silu',
  mish: 'mish',
  hardswish: 'hardswish',
  sigmoid: 'sigmoid',
};

/** The activation that a class of torch.nn stands for, with its default arguments; null for one that is not computed. */
export function activationOfTorch(classPath: string): Activation | null {
  if (!classPath.startsWith('torch.nn.')) return null;
  const name = classPath.split('.').at(-1)?.toLowerCase() ?? '';
  return Object.hasOwn(TORCH_CLASSES, name) ? (TORCH_CLASSES[name] ?? null) : null;
}
