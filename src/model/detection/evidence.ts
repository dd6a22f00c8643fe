/** Where a hint at quantization comes from, weakest first. */
export const EVIDENCE_KINDS = ['name', 'readme', 'config', 'content'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One observation. */
export interface QuantizationEvidence {
  readonly kind: EvidenceKind;
  /** File or name it was seen in. */
  readonly source: string;
  /** Whether it speaks for quantization; null when it could not be judged (an unreadable checkpoint). */
  readonly quantized: boolean | null;
  /** How much it says, from 0 to 1: 1 for what the weights themselves show. */
  readonly weight: number;
  /** What was seen. */
  readonly detail: string;
}

/** What one kind of source says: its observations, and the method it names. */
export interface Findings {
  readonly evidence: readonly QuantizationEvidence[];
  readonly method: string | null;
}
