import { describe, expect, it } from 'vitest';
import { CALL_KINDS } from '../../../src/graph/edge-groups.ts';
import type { CompactGraph } from '../../../src/graph/compact-graph.ts';
import { shortestPath } from '../../../src/graph/shortest-path.ts';
import { graphOf, label } from './_graphs.ts';

const graph = graphOf({
  nodes: [
    'class a#Api',
    'method a#Api.get',
    'class i#Store',
    'method i#Store.read',
    'class p#Disk',
    'method p#Disk.read',
    'constructor p#Disk.new',
    'function q#open',
    'function q#guess',
  ],
  edges: [
    'a#Api.get calls i#Store.read',
    'p#Disk.read overrides i#Store.read',
    'p#Disk.read calls q#open',
    'q#open instantiates p#Disk',
    'p#Disk.new calls q#guess 0.3',
    'q#guess references a#Api',
  ],
});

function find(from: string, to: string, on: CompactGraph = graph, minConfidence?: number): string[] | null {
  const node = (name: string): number => on.nodes.ids.findIndex((_, at) => label(on, at) === name);
  const { steps } = shortestPath(on, [node(from)], [node(to)], { kinds: CALL_KINDS, minConfidence });
  const end = (at: number): string => label(on, at);
  return (
    steps?.map(
      ({ edge, dispatch }) =>
        `${end(on.edges.sources[edge]!)} ${on.edgeKindOf(edge)} ${end(on.edges.targets[edge]!)}${dispatch ? ' (dispatch)' : ''}`,
    ) ?? null
  );
}

describe('shortestPath', () => {
  it('goes through the methods of a class and through those that override what is called', () => {
    expect(find('Api', 'open')).toEqual([
      'Api.get calls Store.read',
      'Disk.read overrides Store.read (dispatch)',
      'Disk.read calls open',
    ]);
  });

  it('goes from a created class to its constructor', () => {
    expect(find('open', 'Disk.new')).toEqual(['open instantiates Disk', 'Disk contains Disk.new']);
  });

  it('may end in a member of what is asked for', () => {
    expect(find('Api.get', 'Store')).toEqual(['Api.get calls Store.read']);
  });

  it('is empty from a symbol to itself, and null where nothing leads', () => {
    expect(find('open', 'open')).toEqual([]);
    expect(find('guess', 'Api')).toBeNull();
  });

  it('takes guesses only where they are asked for', () => {
    expect(find('open', 'guess')).toBeNull();
    expect(find('open', 'guess', graph, 0)).toHaveLength(3);
  });
});
