import { describe, expect, it } from 'vitest';
import { analyzeQuery } from '../../../src/search/query-analysis.ts';
import {
  buildRankingContext,
  definitionRule,
  declarationPathRule,
  examplePathRule,
  fileCoherenceRule,
  generatedPathRule,
  pathWordsRule,
  RANKING_RULES,
  scoreCandidate,
  shortChunkRule,
  symbolWordsRule,
  testPathRule,
  vendoredPathRule,
  type Candidate,
  type RankingContext,
} from '../../../src/search/ranking-rules.ts';
import { makeCandidate, makeSymbol } from './_builders.ts';

const contextOf = (query: string, candidates: readonly Candidate[] = []): RankingContext =>
  buildRankingContext(analyzeQuery(query), candidates);

const ofSymbol = (name: string, path = 'src/a.ts'): Candidate => makeCandidate({ symbol: makeSymbol({ name, path }) });

describe('definitionRule', () => {
  it.each([
    ['Pool.acquire', 'Pool.acquire', 2],
    ['Pool.acquire', 'db.Pool.acquire', 2],
    ['getUserById', 'getUserById', 2],
    ['getUserById', 'UserStore.getUserById', 2],
    ['getuser_byid', 'getUserById', 0],
    ['getUserById', 'getUserByIdentity', 0],
    ['userById', 'getUserById', 0],
  ])('boosts for %s the definition %s by %d', (query, name, boost) => {
    expect(definitionRule.evaluate(ofSymbol(name), contextOf(query))).toBe(boost);
  });

  it('boosts less in another case, and less inside a question', () => {
    const exact = definitionRule.evaluate(ofSymbol('getUserById'), contextOf('getUserById'));
    expect(definitionRule.evaluate(ofSymbol('GetUserByID'), contextOf('getUserById'))).toBeLessThan(exact);
    const inQuestion = definitionRule.evaluate(ofSymbol('getUserById'), contextOf('where is getUserById cached'));
    expect(inQuestion).toBeGreaterThan(0);
    expect(inQuestion).toBeLessThan(exact);
  });

  it('leaves code outside symbols alone', () => {
    expect(definitionRule.evaluate(makeCandidate({ symbol: null }), contextOf('getUserById'))).toBe(0);
  });
});

describe('symbolWordsRule', () => {
  it('wants every word of the name in the question, in any form, and grows with the words covered', () => {
    const context = contextOf('how does the pool acquire connections');
    const method = symbolWordsRule.evaluate(ofSymbol('Pool.acquire'), context);
    expect(method).toBeCloseTo(0.3 * (2 / 3));
    expect(symbolWordsRule.evaluate(ofSymbol('acquire'), context)).toBeCloseTo(0.3 * (1 / 3));
    expect(symbolWordsRule.evaluate(ofSymbol('acquireConnection'), context)).toBeCloseTo(0.3 * (2 / 3));
    expect(symbolWordsRule.evaluate(ofSymbol('acquireLock'), context)).toBe(0);
  });
});

describe('pathWordsRule', () => {
  it('counts words of the file name in full and those of folders in half', () => {
    const context = contextOf('connection pool');
    const boost = (path: string): number => pathWordsRule.evaluate(makeCandidate({ path }), context);
    expect(boost('src/connection-pool.ts')).toBeCloseTo(0.2);
    expect(boost('connection/pool.ts')).toBeCloseTo(0.15);
    expect(boost('connection/pool/index.ts')).toBeCloseTo(0.1);
    expect(boost('src/connections.ts')).toBeCloseTo(0.1);
    expect(boost('src/server.ts')).toBe(0);
  });

  it('does not read the extension', () => {
    expect(pathWordsRule.evaluate(makeCandidate({ path: 'src/a.sql' }), contextOf('sql'))).toBe(0);
  });
});

describe('fileCoherenceRule', () => {
  it('boosts the best chunk of files with several good ones', () => {
    const candidates = [
      makeCandidate({ id: 1, path: 'a.ts', score: 0.9 }),
      makeCandidate({ id: 2, path: 'a.ts', score: 0.5 }),
      makeCandidate({ id: 3, path: 'b.ts', score: 0.5 }),
      makeCandidate({ id: 4, path: 'b.ts', score: 0.2 }),
      makeCandidate({ id: 5, path: 'c.ts', score: 0.8 }),
    ];
    const context = contextOf('anything', candidates);
    const boosts = candidates.map((candidate) => fileCoherenceRule.evaluate(candidate, context));
    expect(boosts[0]).toBeCloseTo(0.15);
    expect(boosts[1]).toBe(0);
    expect(boosts[2]).toBeCloseTo(0.15 * (0.7 / 1.4));
    expect(boosts.slice(3)).toEqual([0, 0]);
  });

  it('does not depend on the order of the candidates', () => {
    const candidates = [1, 2, 3].map((id) => makeCandidate({ id, path: 'a.ts', score: 0.5 }));
    expect(contextOf('x', [...candidates].reverse()).coherence).toEqual(contextOf('x', candidates).coherence);
  });
});

describe('path penalties', () => {
  it.each([
    [testPathRule, 'test/orders.ts', 'cancel an order', 'test of cancelling an order'],
    [vendoredPathRule, 'vendor/orders.ts', 'cancel an order', 'vendored order code'],
    [generatedPathRule, 'gen/orders.pb.go', 'cancel an order', 'generated order client'],
    [examplePathRule, 'examples/orders.ts', 'cancel an order', 'example of an order'],
    [declarationPathRule, 'types/orders.d.ts', 'cancel an order', 'declarations of an order'],
  ])('apply unless asked for (%#)', (rule, path, query, asking) => {
    const penalty = rule.evaluate(makeCandidate({ path }), contextOf(query));
    expect(penalty).toBeGreaterThan(0);
    expect(penalty).toBeLessThan(1);
    expect(rule.evaluate(makeCandidate({ path }), contextOf(asking))).toBe(1);
    expect(rule.evaluate(makeCandidate({ path: 'src/orders.ts' }), contextOf(query))).toBe(1);
  });
});

describe('shortChunkRule', () => {
  it('penalizes a few lines outside symbols', () => {
    const context = contextOf('x');
    expect(shortChunkRule.evaluate(makeCandidate({ lines: [3, 7] }), context)).toBeLessThan(1);
    expect(shortChunkRule.evaluate(makeCandidate({ lines: [3, 8] }), context)).toBe(1);
    expect(shortChunkRule.evaluate(makeCandidate({ lines: [3, 3], symbol: makeSymbol({ name: 'f' }) }), context)).toBe(
      1,
    );
  });
});

describe('scoreCandidate', () => {
  it('adds boosts, multiplies penalties, adds the bonus and records every signal that took part', () => {
    const candidate: Candidate = {
      ...makeCandidate({ symbol: makeSymbol({ name: 'cancelOrder', path: 'test/helpers.ts' }) }),
      fused: { chunkId: 1, score: 0.5, keyword: { rank: 2, value: 7 }, semantic: { rank: 1, value: 0.9 } },
    };
    const { score, signals } = scoreCandidate(candidate, contextOf('cancelOrder'));
    expect(score).toBeCloseTo((0.5 + 0.3) * 0.4 + 2);
    expect(signals).toEqual([
      { signal: 'semantic', rank: 1, value: 0.9 },
      { signal: 'keyword', rank: 2, value: 7 },
      { signal: 'fusion', value: 0.5 },
      { signal: 'definition', value: 2 },
      { signal: 'symbol-words', value: 0.3 },
      { signal: 'test-path', value: 0.4 },
    ]);
  });

  it('never lets a penalty raise a score', () => {
    const penalties = RANKING_RULES.filter(({ kind }) => kind === 'penalty');
    const paths = ['test/a.ts', 'vendor/a.ts', 'gen/a.ts', 'examples/a.ts', 'a.d.ts', 'src/a.ts'];
    for (const path of paths) {
      const candidate = makeCandidate({ path, score: 0.7, lines: [1, 1] });
      expect(scoreCandidate(candidate, contextOf('x'), penalties).score).toBeLessThanOrEqual(0.7);
    }
  });

  it('puts the definition a query names above everything else, vendored or not', () => {
    const definition = makeCandidate({
      symbol: makeSymbol({ name: 'Pool.acquire', path: 'vendor/pool.js' }),
      score: 0,
    });
    const path = 'src/pool/acquire.ts';
    const best = makeCandidate({ id: 2, symbol: makeSymbol({ name: 'DataPool.acquire', path }), score: 1 });
    const other = makeCandidate({ id: 3, path, score: 0.9 });
    const context = contextOf('Pool.acquire', [definition, best, other]);
    expect(scoreCandidate(definition, context).score).toBeGreaterThan(scoreCandidate(best, context).score);
  });

  it('has a name of its own for every rule', () => {
    expect(new Set(RANKING_RULES.map(({ signal }) => signal)).size).toBe(RANKING_RULES.length);
  });
});
