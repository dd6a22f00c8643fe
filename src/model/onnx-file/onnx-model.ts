import type { ElementType } from './element-types.ts';

/** A graph input or output. */
export interface OnnxValue {
  readonly name: string;
  /** Null for a sequence, map or sparse tensor. */
  readonly type: ElementType | null;
  /** Each size a number, the name of a free one, or null when nothing is said; null when the rank is not said. */
  readonly dims: ReadonlyArray<number | string | null> | null;
}

/** A constant of the graph. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Null for strings. */
  readonly byteLength: number | null;
}

/** Weights that lie in a file beside the graph. */
export interface ExternalPart {
  readonly tensor: string;
  /** As it stands in the graph, relative to its folder. */
  readonly location: string;
  readonly byteOffset: number;
  /** Null when it is not said: to the end of the file. */
  readonly byteLength: number | null;
}

/** What stands in an ONNX file, weights left out. */
export interface OnnxModel {
  readonly path: string;
  /** Of the graph's file and the data files beside it. */
  readonly sizeBytes: number;
  readonly producer: string;
  /** Version of each operator set; the standard one is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** How often each operator stands in the graph and its subgraphs; those of other sets as `domain.Operator`. */
  readonly operators: Readonly<Record<string, number>>;
  readonly constants: readonly OnnxConstant[];
  /** Names of what integer operators multiply: weights and activations. */
  readonly integerFactors: readonly string[];
  /** Absolute paths of the data files, checked. */
  readonly dataFiles: readonly string[];
}
