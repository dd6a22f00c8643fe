import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  chooseActivationParameters,
  dynamicLinear,
  quantizeActivations,
  type QuantizedActivationRange,
} from '../../../src/tensor/dynamic-linear.ts';

interface LinearCase {
  readonly rows: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly activationRange: QuantizedActivationRange;
  readonly input: string;
  readonly weight: string;
  readonly scales: number[];
  readonly zeroPoints: number[];
  readonly bias: string | null;
  readonly output: string;
}

/** Computed by the numpy reference that equals PyTorch 2.13 (FBGEMM) bit for bit. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/tensor/dynamic-linear.json', import.meta.url), 'utf8'),
) as {
  activationParameters: Array<
    [min: number, max: number, range: QuantizedActivationRange, scale: number, zeroPoint: number]
  >;
  linear: LinearCase[];
};

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
}

describe('chooseActivationParameters', () => {
  it('chooses what torch chooses, down to the last bit of the double', () => {
    expect(golden.activationParameters).toHaveLength(320);
    const chosen = golden.activationParameters.map(([min, max, range]) => chooseActivationParameters(min, max, range));
    expect(chosen).toEqual(golden.activationParameters.map(([, , , scale, zeroPoint]) => ({ scale, zeroPoint })));
  });

  it('falls back to 0.1 when all activations are 0', () => {
    expect(chooseActivationParameters(0, 0, 'full')).toEqual({ scale: 0.1, zeroPoint: 0 });
  });
});

describe('quantizeActivations', () => {
  it('saturates at 255 even where the range is reduced, and rounds ties to even', () => {
    const input = Float32Array.of(-10, -0.5, 0.5, 1.5, 2.5, 127, 200, 1000);
    expect([...quantizeActivations(input, { scale: 1, zeroPoint: 1 })]).toEqual([0, 0, 2, 2, 4, 128, 201, 255]);
  });
});

describe('dynamicLinear', () => {
  it.each(golden.linear.map((linear, index) => ({ ...linear, index })))(
    'equals torch in case $index: $rows x $inFeatures to $outFeatures, $activationRange',
    ({ rows, inFeatures, outFeatures, activationRange, input, weight, scales, zeroPoints, bias, output }) => {
      const result = dynamicLinear(new Float32Array(bytesOf(input)), rows, {
        weight: new Int8Array(bytesOf(weight)),
        inFeatures,
        outFeatures,
        activationRange,
        scales: Float64Array.from(scales),
        zeroPoints: Float64Array.from(zeroPoints),
        bias: bias === null ? null : new Float32Array(bytesOf(bias)),
      });
      expect(new Uint32Array(result.buffer)).toEqual(new Uint32Array(bytesOf(output)));
    },
  );

  it('refuses arrays that do not fit together', () => {
    const linear = {
      weight: new Int8Array(6),
      inFeatures: 3,
      outFeatures: 2,
      activationRange: 'full',
      scales: Float64Array.of(1, 1),
      zeroPoints: Float64Array.of(0),
      bias: null,
    } as const;
    expect(() => dynamicLinear(new Float32Array(3), 1, linear)).toThrow(RangeError);
  });
});
