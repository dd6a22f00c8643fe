import { copyFileSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { FALLBACK_MODEL } from '../../src/model/resolve-model.ts';
import { editJson, fixture, HTML_PAGE, LFS_POINTER, write, type Fault } from './fault.ts';

const TOKENIZER = 'tokenizer.json';
const PIECES = 'sentencepiece.bpe.model';

export const TOKENIZER_FAULTS: readonly Fault[] = [
  {
    group: 'tokenizer',
    name: 'tokenizer.json is a Git LFS pointer, sentencepiece.bpe.model is whole',
    portugueseName: 'tokenizer.json é um ponteiro do Git LFS, sentencepiece.bpe.model está inteiro',
    damage: ({ model }) => write(join(model, TOKENIZER), LFS_POINTER),
  },
  {
    group: 'tokenizer',
    name: 'tokenizer.json is empty, sentencepiece.bpe.model is whole',
    portugueseName: 'tokenizer.json está vazio, sentencepiece.bpe.model está inteiro',
    damage: ({ model }) => write(join(model, TOKENIZER), ''),
  },
  {
    group: 'tokenizer',
    name: 'tokenizer.json is cut off, sentencepiece.bpe.model is whole',
    portugueseName: 'tokenizer.json está cortado, sentencepiece.bpe.model está inteiro',
    damage: ({ model }) => truncateSync(join(model, TOKENIZER), 2_000),
  },
  {
    group: 'tokenizer',
    name: 'both tokenizers damaged, the base model is on the machine',
    portugueseName: 'os dois tokenizadores danificados, o modelo base está na máquina',
    damage: ({ model }) => {
      write(join(model, TOKENIZER), HTML_PAGE);
      truncateSync(join(model, PIECES), 100);
      editJson(join(model, 'config.json'), (config) => (config['_name_or_path'] = FALLBACK_MODEL));
    },
  },
  {
    group: 'tokenizer',
    name: 'both tokenizers missing, the base model has another vocabulary',
    portugueseName: 'faltam os dois tokenizadores, o modelo base tem outro vocabulário',
    damage: ({ model }) => {
      rmSync(join(model, TOKENIZER));
      rmSync(join(model, PIECES));
      editJson(join(model, 'config.json'), (config) => {
        config['_name_or_path'] = 'codegraphai/multilingual-e5-small-int8';
      });
    },
  },
  {
    group: 'tokenizer',
    name: 'both tokenizers are Git LFS pointers',
    portugueseName: 'os dois tokenizadores são ponteiros do Git LFS',
    damage: ({ model }) => {
      write(join(model, TOKENIZER), LFS_POINTER);
      write(join(model, PIECES), LFS_POINTER);
    },
  },
  {
    group: 'tokenizer',
    name: 'tokenizer has more tokens than the network',
    portugueseName: 'o tokenizador tem mais tokens que a rede',
    damage: ({ model }) => {
      rmSync(join(model, PIECES));
      editJson(join(model, TOKENIZER), (tokenizer) => {
        // The fixture is a Unigram tokenizer.
        const unigram = tokenizer['model'] as { vocab: unknown[] };
        unigram.vocab.push(...Array.from({ length: 40 }, (_, index) => [`more${index}`, -9]));
      });
    },
  },
];

function configured(name: string, portugueseName: string, edit: (config: Record<string, unknown>) => void): Fault {
  return {
    group: 'configuration',
    name,
    portugueseName,
    damage: ({ model }) => editJson(join(model, 'config.json'), edit),
  };
}

function file(name: string, portugueseName: string, path: string, content: string): Fault {
  return { group: 'configuration', name, portugueseName, damage: ({ model }) => write(join(model, path), content) };
}

export const CONFIGURATION_FAULTS: readonly Fault[] = [
  {
    group: 'configuration',
    name: 'config.json is missing',
    portugueseName: 'falta config.json',
    damage: ({ model }) => rmSync(join(model, 'config.json')),
  },
  file('config.json is a Git LFS pointer', 'config.json é um ponteiro do Git LFS', 'config.json', LFS_POINTER),
  file('config.json is broken JSON', 'config.json é JSON quebrado', 'config.json', '{ "model_type": "bert", '),
  configured('unknown architecture', 'arquitetura desconhecida', (value) => (value['model_type'] = 'mamba')),
  configured('hidden size is no multiple of the heads', 'o tamanho oculto não é múltiplo das cabeças', (value) => {
    value['num_attention_heads'] = 5;
  }),
  configured('more layers than weights', 'mais camadas que pesos', (value) => (value['num_hidden_layers'] = 3)),
  configured(
    'activation that is not computed',
    'ativação que não é calculada',
    (value) => (value['hidden_act'] = 'magic'),
  ),
  configured('vocabulary larger than the embeddings', 'vocabulário maior que os embeddings', (value) => {
    value['vocab_size'] = 64;
  }),
  file(
    'pooling that is not supported',
    'pooling sem suporte',
    '1_Pooling/config.json',
    '{ "word_embedding_dimension": 32, "pooling_mode": "magic" }',
  ),
  file(
    'module that is not supported',
    'módulo sem suporte',
    'modules.json',
    JSON.stringify([
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
      { idx: 2, name: '2', path: '2_CNN', type: 'sentence_transformers.models.CNN' },
    ]),
  ),
  file('modules.json is a Git LFS pointer', 'modules.json é um ponteiro do Git LFS', 'modules.json', LFS_POINTER),
];

export const ONNX_FAULTS: readonly Fault[] = [
  {
    group: 'onnx',
    name: 'ready ONNX graph is cut off',
    portugueseName: 'grafo ONNX pronto está cortado',
    damage: ({ model }) => {
      rmSync(join(model, 'pytorch_model.bin'));
      write(join(model, 'onnx/model.onnx'), readFileSync(fixture('damaged/unknown-operator.onnx')).subarray(0, 150));
    },
  },
  {
    group: 'onnx',
    name: 'ready ONNX graph needs an unknown operator',
    portugueseName: 'grafo ONNX pronto precisa de um operador desconhecido',
    damage: ({ model }) => {
      rmSync(join(model, 'pytorch_model.bin'));
      write(join(model, 'onnx/model.onnx'), '');
      copyFileSync(fixture('damaged/unknown-operator.onnx'), join(model, 'onnx/model.onnx'));
    },
  },
];
