// Layers, lowest first. A folder may import itself and the folders in its list; nothing else.
const layers = {
  kernel: [],
  tensor: ['kernel'],
  checkpoint: ['kernel', 'tensor'],
  graph: ['kernel'],
  parsing: ['kernel', 'graph'],
  scip: ['kernel', 'graph'],
  resolution: ['kernel', 'graph', 'parsing', 'scip'],
  chunking: ['kernel', 'graph'],
  model: ['kernel', 'tensor', 'checkpoint'],
  store: ['kernel', 'graph', 'chunking'],
  indexing: ['kernel', 'graph', 'parsing', 'scip', 'resolution', 'chunking', 'model', 'store'],
  search: ['kernel', 'graph', 'scip', 'model', 'store'],
};

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [layer, ...allowed].map((name) => `^src/${name}/`) },
}));

// An adapter is chosen in one place: the door of its own layer.
const adapters = {
  'store/embedded': '^src/store/open-store\\.ts$',
  'model/onnx': '^src/model/(open-encoder|inspect-model|quantized-model-loader|runtime-info)\\.ts$',
  'parsing/tree-sitter': '^src/parsing/(language-registry|languages/)',
  'parsing/sql': '^src/parsing/language-registry\\.ts$',
};
const adapterRules = Object.entries(adapters).map(([adapter, door]) => ({
  name: `adapter-${adapter}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${adapter}/`, door, '^src/code-graph\\.ts$'] },
  to: { path: `^src/${adapter}/`, dependencyTypesNot: ['type-only'] },
}));

// A vendor package is imported by its adapter only.
const vendors = {
  'onnxruntime-(node|web|common)': '^src/model/onnx/',
  'web-tree-sitter': '^src/parsing/tree-sitter/',
  'ignore': '^src/indexing/discovery/',
};
const vendorRules = Object.entries(vendors).map(([vendor, home]) => ({
  name: `vendor-${vendor}`,
  severity: 'error',
  from: { path: '^src/', pathNot: home },
  to: { path: `(^|node_modules/)${vendor}($|/)` },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'sqlite-in-its-adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/embedded/' },
      to: { path: '^(node:)?sqlite$', dependencyTypes: ['core'] },
    },
    {
      name: 'cli-uses-the-facade',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: ['^src/(cli|kernel)/', '^src/(index|models|code-graph|doctor|package-info|repository-root)\\.ts$'] },
    },
    {
      name: 'nothing-imports-the-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    ...layerRules,
    ...adapterRules,
    ...vendorRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/store/embedded/kernel/assembly' },
  },
};
