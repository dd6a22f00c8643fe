import { describe, expect, it } from 'vitest';
import { loadLanguage } from '../../../../../src/parsing/language-registry.ts';
import { resolveReferences } from '../../../../../src/resolution/resolve-references.ts';
import { callsOf } from '../../resolved-sources.ts';

const POOL = 'class Pool { acquire() {} close(): this { return this; } }\nclass Job { run() {} }\n';

const calls = (text: string): Promise<string[]> => callsOf('typescript', '.ts', { 'a.ts': POOL + text });

describe('calls through what TypeScript knows of a value', () => {
  it('takes a name to be of the type a guard asks for', async () => {
    const guard = 'function isPool(x: unknown): x is Pool { return true; }\n';
    expect(await calls(`${guard}function go(x: unknown) { if (isPool(x)) { x.acquire(); } }`)).toContain(
      'acquire -> a.ts#Pool.acquire',
    );
    expect(await calls(`${guard}function go(x: unknown) { return isPool(x) && x.acquire(); }`)).toContain(
      'acquire -> a.ts#Pool.acquire',
    );
  });

  it('leaves a name what it is where the function asked is no guard', async () => {
    const text = 'function isBusy(x: Job) { return true; }\nfunction go(x: Job) { if (isBusy(x)) { x.run(); } }';
    expect(await calls(text)).toContain('run -> a.ts#Job.run');
  });

  it('looks for members of members in all types of an intersection', async () => {
    const text =
      'type A = { at: { job: Job } };\ntype B = { at: { pool: Pool } };\nfunction go(x: A & B) { x.at.pool.acquire(); x.at.job.run(); }';
    expect(await calls(text)).toEqual(['acquire -> a.ts#Pool.acquire', 'run -> a.ts#Job.run']);
  });

  it('reads members that only lines part', async () => {
    expect(
      await calls(
        'type A = {\n  at: {\n    job: Job\n    pool: Pool\n  }\n};\nfunction go(x: A) { x.at.pool.acquire(); }',
      ),
    ).toEqual(['acquire -> a.ts#Pool.acquire']);
  });

  it('knows what a tag gives, and what is assigned in parentheses', async () => {
    const text =
      'declare function tag(s: TemplateStringsArray): Pool;\nlet p: Pool | undefined;\ntag`a ${`b`} c`.acquire();\n(p ??= new Pool()).acquire();';
    const found = await calls(text);
    expect(found.filter((each) => each === 'acquire -> a.ts#Pool.acquire')).toHaveLength(2);
  });

  it('reads past comments in a chain', async () => {
    expect(await calls("function go(p: Pool) { p // it's open\n .close() /* now */ .acquire(); }")).toContain(
      'acquire -> a.ts#Pool.acquire',
    );
  });

  it('gives parameters of methods in a typed object their types', async () => {
    const text =
      'interface Rules { open: (input: { pool: Pool }) => void }\nconst rules: Rules = { open: ({ pool }) => pool.acquire() };';
    expect(await calls(text)).toEqual(['acquire -> a.ts#Pool.acquire']);
  });

  it('reads the call signature of a type', async () => {
    expect(await calls('type Make = { (): Pool };\nfunction go(make: Make) { make().acquire(); }')).toContain(
      'acquire -> a.ts#Pool.acquire',
    );
  });

  it('takes names in the arguments of a value for no parameters', async () => {
    const text = 'function inner() {}\nfunction outer(x: unknown) {}\nconst made = outer(inner());';
    expect(await calls(text)).toEqual(['outer -> a.ts#outer', 'inner -> a.ts#inner']);
  });

  it('sees calls of what stands in parentheses', async () => {
    expect(await calls('function run() {}\n(run)();\n(run as () => void)();\nnew (Pool)();')).toEqual([
      'run -> a.ts#run',
      'run -> a.ts#run',
      'Pool -> a.ts#Pool',
    ]);
  });
});

describe('functions handed on by name', () => {
  it('are uses, unless a parameter has the name', async () => {
    const parser = await loadLanguage('typescript');
    const text =
      'function row() {}\nexport function all(items: number[]) { items.map(row); }\nexport function own(items: number[], row: () => void) { items.map(row); }\n';
    const layout = { paths: new Set(['a.ts']), readManifest: () => undefined };
    const [file] = resolveReferences([parser.parse('a.ts', text)], layout).files;
    const uses = file?.edges.filter(({ kind }) => kind === 'references');
    expect(uses?.map(({ source, target }) => `${source} -> ${target}`)).toEqual(['a.ts#all -> a.ts#row']);
  });
});
