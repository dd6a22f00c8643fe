import { describe, expect, it } from 'vitest';
import {
  analyzeQuery,
  candidateTerms,
  knownTerms,
  MAX_QUERY_LENGTH,
  MAX_QUERY_WORDS,
} from '../../../src/search/query-analysis.ts';

const wordsOf = (query: string): string[] => analyzeQuery(query).words.map(({ word }) => word);

describe('analyzeQuery', () => {
  it('keeps the telling words of a question in the order asked', () => {
    expect(wordsOf('How does the pool acquire a new connection?')).toEqual(['pool', 'acquire', 'new', 'connection']);
  });

  it.each([
    ['onde o pedido é cancelado?', ['pedido', 'cancelado']],
    ['¿Dónde se cancela el pedido?', ['cancela', 'pedido']],
    ['连接池在哪里', ['连接池在哪里']],
  ])('drops the stop words of %s', (query, words) => {
    expect(wordsOf(query)).toEqual(words);
  });

  it('splits names and keeps their parts, stop words included', () => {
    const analysis = analyzeQuery('where is getUserById called');
    expect(analysis.words.map(({ word }) => word)).toEqual(['get', 'user', 'by', 'id', 'called']);
    expect(analysis.wholeNames).toEqual(['getuserbyid']);
    expect(analysis.symbolNames).toEqual(['getUserById']);
    expect(analysis.looksLikeSymbol).toBe(false);
  });

  it.each([
    ['getUserById', ['getUserById']],
    ['Pool.acquire', ['Pool.acquire']],
    ['Pool::acquire', ['Pool.acquire']],
    ['pool->acquire()', ['pool.acquire']],
    ['Pool#acquire', ['Pool.acquire']],
    ['snake_case', ['snake_case']],
    ['`save`', ['save']],
    ['"save"', ['save']],
    ['run()', ['run']],
    ['HTTPServer', ['HTTPServer']],
  ])('takes %s for a symbol', (query, names) => {
    const analysis = analyzeQuery(query);
    expect(analysis.looksLikeSymbol).toBe(true);
    expect(analysis.symbolNames).toEqual(names);
  });

  it.each(['authentication', 'HTTP', 'Pool'])(
    'looks %s up as a symbol but does not take the query for one',
    (query) => {
      const analysis = analyzeQuery(query);
      expect(analysis.looksLikeSymbol).toBe(false);
      expect(analysis.symbolNames).toEqual([query]);
    },
  );

  it('takes no word of a plain sentence for a symbol', () => {
    expect(analyzeQuery('HTTP retries are limited, e.g. by time.').symbolNames).toEqual(['e.g']);
    expect(analyzeQuery('where do we open the database').symbolNames).toEqual([]);
  });

  it('keeps stop words where there is nothing else', () => {
    expect(wordsOf('who is it')).toEqual(['who', 'is', 'it']);
  });

  it.each([
    ['tests of the order service', 'test'],
    ['testes do serviço', 'test'],
    ['pruebas del servicio', 'test'],
    ['订单服务的测试', 'test'],
    ['generated client', 'generated'],
    ['example of a plugin', 'example'],
  ])('sees what %s asks for', (query, role) => {
    expect([...analyzeQuery(query).asksFor]).toEqual([role]);
  });

  it('does not take a word that contains "test" for a wish for tests', () => {
    expect(analyzeQuery('latest attestation contest').asksFor.size).toBe(0);
  });

  it.each(['', '   ', '\n\t'])('refuses the empty query %j', (query) => {
    expect(() => analyzeQuery(query)).toThrow(expect.objectContaining({ code: 'SEARCH_QUERY_EMPTY' }));
  });

  it('bounds the work a long query causes', () => {
    const analysis = analyzeQuery(Array.from({ length: 100_000 }, (_, index) => `word${index}`).join(' '));
    expect(analysis.text.length).toBeLessThanOrEqual(MAX_QUERY_LENGTH);
    expect(analysis.words.length).toBeLessThanOrEqual(MAX_QUERY_WORDS);
  });

  it('never cuts a character in two', () => {
    expect(analyzeQuery(`${'a'.repeat(MAX_QUERY_LENGTH - 1)}😀`).text.isWellFormed()).toBe(true);
  });
});

describe('knownTerms', () => {
  const analysis = analyzeQuery('acquire connections quickly');

  it('asks for words and their other forms', () => {
    expect(candidateTerms(analysis)).toEqual(
      expect.arrayContaining(['acquire', 'acquired', 'connections', 'connection', 'quickly']),
    );
  });

  it('keeps only what the index knows, and counts a word as known in any form', () => {
    const frequencies = new Map([
      ['acquire', 0.1],
      ['connection', 0.2],
      ['connections', 0],
    ]);
    const { terms, knownShare } = knownTerms(analysis, frequencies);
    expect(terms).toEqual(['acquire', 'connection']);
    expect(knownShare).toBeCloseTo(2 / 3);
  });

  it('adds the commonest other form where it is commoner than the word, and no rarer one', () => {
    const frequencies = new Map([
      ['connections', 0.02],
      ['connection', 0.2],
      ['connected', 0.01],
      ['acquire', 0.1],
      ['acquired', 0.05],
    ]);
    expect(knownTerms(analysis, frequencies).terms).toEqual(['acquire', 'connections', 'connection']);
  });

  it('looks for whole names the index knows', () => {
    const frequencies = new Map([
      ['getuserbyid', 0.01],
      ['get', 0.3],
      ['user', 0.2],
    ]);
    const { terms, knownShare } = knownTerms(analyzeQuery('getUserById'), frequencies);
    expect(terms).toEqual(['getuserbyid', 'get', 'user']);
    expect(knownShare).toBe(0.5);
  });

  it('knows nothing of another language', () => {
    expect(knownTerms(analyzeQuery('conexão do pedido'), new Map([['order', 0.3]]))).toEqual({
      terms: [],
      knownShare: 0,
    });
  });
});
