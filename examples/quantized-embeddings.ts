/**
 * From a PyTorch-quantized checkpoint to embeddings and a searchable repository.
 *
 *   node examples/quantized-embeddings.ts [MODEL] [FOLDER]
 *
 * MODEL is a folder or hub id, such as `elastic/multilingual-e5-small-optimized`; without it the best model on this machine
 * serves, at least the one that ships with the package. FOLDER is a repository to index; without it a small one is made.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CodeKnowledgeGraph, FastIndexer, VectorKnowledgeGraph } from 'codegraphai';
import { detectQuantization, QuantizedModelLoader } from 'codegraphai/models';

const [modelReference = null, repository] = process.argv.slice(2);

// 1. Load. Nothing in the checkpoint is executed; a better model that cannot be loaded is passed over with a reason.
await using model = await QuantizedModelLoader.load(modelReference);
console.log(`model: ${model.model.id} (${model.model.reason})`);
for (const { message } of model.diagnostics) console.log(`note: ${message}`);

const { quantized, method, evidence } = await detectQuantization(model.model.folder);
console.log(`quantized: ${quantized ? `yes, ${method ?? 'how is not known'}` : 'no'}`);
for (const { kind, source, detail } of evidence) console.log(`  ${kind.padEnd(8)} ${source}: ${detail}`);

// 2. Encode Portuguese and English, and compare.
const questions = ['onde o pedido é cancelado?', 'where is the database connection opened?'];
const documents = [
  'function cancelOrder(id) { return repository.update(id, { status: "cancelled" }); }',
  'async function connect(url) { return await pool.open(url); }',
  'CREATE PROCEDURE archive_invoices AS BEGIN DELETE FROM invoices WHERE closed < SYSDATE - 365; END;',
];
const questionVectors = await model.encodeQuery(questions);
const documentVectors = await model.encodeDocument(documents);
const scores = model.similarity(questionVectors, documentVectors);
console.log(
  `\n${model.getSentenceEmbeddingDimension()} dimensions; similarity of questions (rows) and code (columns):`,
);
for (const [row, question] of questions.entries()) {
  const values = Array.from(scores.row(row), (value) => value.toFixed(3)).join('  ');
  console.log(`  ${values}  ${question}`);
}

// An eighth of the memory: one bit a dimension.
const packed = await model.encodeDocument(documents, { precision: 'ubinary' });
console.log(`as ubinary: ${packed.dimensions} bytes a text instead of ${documentVectors.dimensions * 4}`);

// 3. Index a folder with the same model and ask in Portuguese.
const root = repository === undefined ? await sampleRepository() : resolve(repository);
try {
  await using knowledgeGraph = await CodeKnowledgeGraph.open({ root });
  const indexer = new FastIndexer({ knowledgeGraph, embeddingModel: modelReference });
  const report = await indexer.index();
  console.log(`\nindexed ${report.files.parsed} files, ${report.embedded} vectors`);
  await using vectors = await VectorKnowledgeGraph.open({ knowledgeGraph });
  for (const question of questions) {
    const [best] = await vectors.hybridSearch(question, { limit: 1 });
    const place = best === undefined ? 'nothing' : `${best.path}:${best.startLine}`;
    console.log(`  ${question} -> ${place}`);
  }
} finally {
  if (repository === undefined) await rm(root, { recursive: true, force: true });
}

async function sampleRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quantized-embeddings-'));
  for (const [index, text] of documents.entries()) {
    await writeFile(join(folder, `sample-${index + 1}.${text.startsWith('CREATE') ? 'sql' : 'js'}`), `${text}\n`);
  }
  return folder;
}
