import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from '../../../../src/cli/arguments.ts';
import { modelCommand } from '../../../../src/cli/commands/model.ts';
import { Terminal } from '../../../../src/cli/output/terminal.ts';
import { silentLogger } from '../../../../src/kernel/logger.ts';
import { HubMirror, refuse } from '../../../helpers/hub-mirror.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../helpers/temporary-folder.ts';
import { MODEL } from '../../model/hub/hub-bench.ts';
import { RecordedStream } from '../recorded-stream.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Runs the command in a folder whose caches lie in it, and gives what it printed. */
async function run(args: readonly string[], home: TemporaryFolder, mirror?: HubMirror): Promise<string> {
  vi.stubEnv('HF_HUB_CACHE', join(home.path, 'hub'));
  vi.stubEnv('CODEGRAPHAI_CACHE', join(home.path, 'cache'));
  vi.stubEnv('HF_ENDPOINT', mirror?.url ?? 'http://127.0.0.1:2');
  vi.stubEnv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1');
  const [out, err] = [new RecordedStream(), new RecordedStream()];
  await modelCommand.run({
    args: parseArguments(args, modelCommand.options),
    out: new Terminal(out, {}),
    err: new Terminal(err, {}),
    logger: silentLogger,
    signal: new AbortController().signal,
    workingDirectory: home.path,
    inputLines: () => expect.unreachable(),
  });
  return out.text;
}

describe('model list', () => {
  it('shows what pull brought, until remove frees it', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    await run(['pull', 'org/model'], home, mirror);
    const listed = await run(['list'], home);
    expect(listed).toMatch(/org\/model\n  Hugging Face cache, main at a{12}, 100\.1 kB/);
    expect(listed).toMatch(/multilingual-e5-small-int8  \(the default here\)\n  part of this package/);
    expect(await run(['remove', 'org/model'], home)).toMatch(/is removed: 100\.1 kB are free again/);
    expect(existsSync(join(home.path, 'hub', 'models--org--model'))).toBe(false);
  });
});

describe('model pull', () => {
  it('says what is wrong, and what to do', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL, { fault: ({ reply }) => refuse(reply, 404) });
    const hint = expect.any(String);
    await expect(run(['pull', 'org/typo'], home, mirror)).rejects.toMatchObject({ code: 'HUB_NOT_FOUND', hint });
    await expect(run(['pull', '../x'], home, mirror)).rejects.toMatchObject({ code: 'HUB_NOT_FOUND', hint });
    expect(mirror.requests).toHaveLength(1);
    await expect(run(['pull', 'org/model', '--offline'], home, mirror)).rejects.toMatchObject({ code: 'HUB_OFFLINE' });
    expect(mirror.requests).toHaveLength(1);
    await expect(run(['pull', 'org/model'], home)).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE', hint });
  });
});

describe('model', () => {
  it.each([
    [['pull'], 'USAGE_MISSING_ARGUMENT'],
    [['pull', 'a', 'b'], 'USAGE_TOO_MANY_ARGUMENTS'],
    [['list', 'a'], 'USAGE_TOO_MANY_ARGUMENTS'],
    [['remove', ''], 'USAGE_MISSING_ARGUMENT'],
    [['pul', 'a'], 'USAGE_UNKNOWN_COMMAND'],
    [[], 'USAGE_MISSING_ARGUMENT'],
  ])('%j is a wrong command line', async (args, code) => {
    using home = temporaryFolder();
    await expect(async () => run(args, home)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });
});

describe('model remove', () => {
  it('removes no folder of the user, and not what ships with the package', async () => {
    using home = temporaryFolder();
    const folder = join(home.path, 'models/org/model');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.json'), '{}');
    for (const ref of ['org/model', './models/org/model', folder, 'codegraphai/multilingual-e5-small-int8']) {
      await expect(run(['remove', ref], home)).rejects.toMatchObject({ code: 'MODEL_NOT_REMOVABLE' });
    }
    expect(existsSync(join(folder, 'config.json'))).toBe(true);
    await expect(run(['remove', 'org/other'], home)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
