import { describe, expect, it } from 'vitest';
import type { Edge } from '../../../src/graph/edge.ts';
import { fileNodeId } from '../../../src/graph/symbol.ts';
import { CodeKnowledgeGraph } from '../../../src/search/code-knowledge-graph.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { makeSymbol } from './_builders.ts';
import { makeEdge, openIndexOf } from './_small-index.ts';

const FILE = `function silent() {}
function passed() {
  return passed;
}
@Get('/orders')
function decorated() {}
list.map(passed);
const silently = 1;
export function offered() {}
export function taken() {}
`;

describe('unused code', () => {
  it('is looked for in the text, and what stands nowhere else comes first', async () => {
    using folder = temporaryFolder({ 'src/a.ts': FILE, 'src/b.ts': 'list.map(taken);\nconst silent = 1;\n' });
    const symbols = [
      makeSymbol({ name: 'decorated', lines: [6, 6] }),
      makeSymbol({ name: 'passed', lines: [2, 4] }),
      makeSymbol({ name: 'silent', lines: [1, 1] }),
      makeSymbol({ name: 'silent', path: 'src/unreadable.ts', lines: [1, 1] }),
    ].map((symbol) => ({ ...symbol, exported: false }));
    const offered = makeSymbol({ name: 'offered', lines: [9, 9] });
    const taken = makeSymbol({ name: 'taken', lines: [10, 10] });
    const other = makeSymbol({ name: 'other', path: 'src/b.ts', kind: 'constant' });
    const imports: Edge = {
      ...makeEdge('imports', other, taken),
      source: fileNodeId('src/b.ts'),
      target: fileNodeId('src/a.ts'),
    };
    await using store = await openIndexOf([...symbols, offered, taken, other], [imports]);
    const { deadCode } = await new CodeKnowledgeGraph({ root: folder.path, store }).overview({
      sections: ['dead-code'],
    });
    expect(deadCode?.items.map(({ symbol, doubts, mention }) => [symbol.path, symbol.name, doubts, mention])).toEqual([
      ['src/a.ts', 'silent', [], undefined],
      ['src/unreadable.ts', 'silent', [], undefined],
      ['src/a.ts', 'offered', ['exported'], undefined],
      ['src/a.ts', 'decorated', ['decorated'], undefined],
      ['src/a.ts', 'passed', ['mentioned'], { path: 'src/a.ts', line: 7 }],
      ['src/a.ts', 'taken', ['mentioned', 'exported'], { path: 'src/b.ts', line: 1 }],
    ]);
  });
});
