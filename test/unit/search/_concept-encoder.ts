import { splitIdentifier } from '../../../src/kernel/text/split-identifier.ts';
import { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';
import type { EncodeOptions, Encoder, ModelIdentity } from '../../../src/model/encoder.ts';
import { STOP_WORDS } from '../../../src/search/stop-words.ts';

const DIMENSIONS = 128;

/** Words of one meaning: what a multilingual model knows, for the few words the tests ask with. */
const CONCEPTS: readonly (readonly string[])[] = [
  ['cancel', 'cancels', 'cancelled', 'cancelado', 'cancela', 'cancelar', 'abort'],
  ['order', 'orders', 'pedido', 'pedidos', 'purchase'],
  ['connection', 'connections', 'conexao', 'conexion', 'session'],
  ['database', 'db', 'banco', 'dados', 'datos'],
  ['acquire', 'obtain', 'obter', 'obtiene', 'borrow', 'hands'],
  ['save', 'stores', 'writes', 'insert', 'gravar', 'salvar', 'persist', 'gravado'],
  ['tax', 'imposto', 'impuesto', 'vat', 'added'],
  ['compute', 'calculado', 'calculate', 'calcula', 'value', 'rounded'],
  ['limit', 'limits', 'limiter', 'throttle', 'throttling', 'rate'],
  ['client', 'clients', 'caller', 'callers'],
  ['retry', 'again', 'tries', 'attempts', 'novamente'],
  ['failure', 'fails', 'error', 'falha'],
  ['token', 'tokens', 'login', 'credential'],
  ['job', 'jobs', 'task', 'tasks', 'tarefas'],
  ['user', 'users', 'account', 'usuario'],
  ['warehouse', 'stock', 'estoque', 'inventory'],
];
const CONCEPT_OF = new Map(
  CONCEPTS.flatMap((words, index) => words.map((word) => [word, `concept ${index}`] as const)),
);

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}

/**
 * A stand-in for a model: each word, or the meaning it is listed under, is a fixed direction, a text is the sum of its
 * words. Deterministic, and blind to the order of words.
 */
export class ConceptEncoder implements Encoder {
  readonly identity: ModelIdentity;
  /** Texts encoded as questions so far. */
  readonly questions: string[] = [];

  constructor(fingerprint: string = 'c0ffee00'.repeat(8)) {
    this.identity = { id: 'test/concepts', fingerprint, dimensions: DIMENSIONS, maxTokens: 512 };
  }

  async encode(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    options.signal?.throwIfAborted();
    const matrix = new EmbeddingMatrix(texts.length, DIMENSIONS);
    for (const [index, text] of texts.entries()) embed(text, matrix.row(index));
    return matrix;
  }

  encodeQuery(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix> {
    this.questions.push(...texts);
    return this.encode(texts, options);
  }

  encodeDocument(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix> {
    return this.encode(texts, options);
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function embed(text: string, into: Float32Array): void {
  for (const word of new Set(splitIdentifier(text))) {
    if (STOP_WORDS.has(word)) continue;
    let state = hash(CONCEPT_OF.get(word) ?? word);
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      into[dimension] = (into[dimension] ?? 0) + (state / 0xffffffff - 0.5);
    }
  }
  const norm = Math.hypot(...into) || 1;
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) into[dimension] = (into[dimension] ?? 0) / norm;
}
