import type { Agreement } from './agreement.ts';

/** What was measured when a float model was quantized; for the log, `model inspect` and `doctor`. */
export interface CalibrationSummary {
  /** Texts measured on. */
  readonly texts: number;
  /** Cosines of these texts' vectors to those in float32. */
  readonly agreement: Agreement;
  /** Linears with one activation scale a tensor. */
  readonly int8: number;
  /** Modules of those with one activation scale a token. */
  readonly rowwise: readonly string[];
  /** Modules of those that stay as they are. */
  readonly float32: readonly string[];
  /** Steps to better forms that it took beyond what the statistics of the single Linears asked for. */
  readonly upgrades: number;
}

/** One line, such as `64 Linears int8, 8 row-wise, 0 float32; cosine to float32 on 24 texts 0.9997 / 0.9995 (median/minimum)`. */
export function describeCalibration({ int8, rowwise, float32, texts, agreement }: CalibrationSummary): string {
  const cosines = `${agreement.median.toFixed(4)} / ${agreement.minimum.toFixed(4)}`;
  return `${int8} Linears int8, ${rowwise.length} row-wise, ${float32.length} float32; cosine to float32 on ${texts} texts ${cosines} (median/minimum)`;
}

/** The summary in a record of the cache, or null where it has none that can be read. */
export function readCalibrationSummary(value: unknown): CalibrationSummary | null {
  const fields = fieldsOf(value);
  const agreement = fieldsOf(fields.get('agreement'));
  const [texts, int8, upgrades] = [fields.get('texts'), fields.get('int8'), fields.get('upgrades')];
  const [median, minimum] = [agreement.get('median'), agreement.get('minimum')];
  const [rowwise, float32] = [stringsOf(fields.get('rowwise')), stringsOf(fields.get('float32'))];
  if (typeof texts !== 'number' || typeof int8 !== 'number' || typeof upgrades !== 'number') return null;
  if (typeof median !== 'number' || typeof minimum !== 'number' || rowwise === null || float32 === null) return null;
  return { texts, agreement: { median, minimum }, int8, rowwise, float32, upgrades };
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function stringsOf(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}
