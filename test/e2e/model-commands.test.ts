import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HubMirror, onFile, refuse, times, type Fault } from '../helpers/hub-mirror.ts';
import { canMount, startCli, startInMountNamespace, type CliResult, type RunningCli } from '../helpers/run-cli.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';
import { MODEL, WEIGHTS, weights } from '../unit/model/hub/hub-bench.ts';

/** A proxy that connects whatever is asked for to one server. */
class TunnelProxy implements AsyncDisposable {
  /** Hosts and ports that were asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(target: URL) {
    this.#server = createServer((_request, reply) => void refuse(reply, 502));
    this.#server.on('connect', (request, socket) => {
      this.asked.push(request.url ?? '');
      const tunnel = connect(Number(target.port), target.hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(tunnel).pipe(socket);
      });
      for (const end of [socket, tunnel]) end.on('error', () => void [socket, tunnel].map((one) => one.destroy()));
    });
  }

  static async start(target: string): Promise<TunnelProxy> {
    const proxy = new TunnelProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    // A listening TCP server has such an address.
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function start(args: readonly string[], home: TemporaryFolder, mirror: HubMirror): RunningCli {
  const env = { HF_HUB_CACHE: join(home.path, 'hub'), HF_ENDPOINT: mirror.url, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
  return startCli(['model', ...args], { cwd: home.path, env });
}

function run(args: readonly string[], home: TemporaryFolder, mirror: HubMirror): Promise<CliResult> {
  return start(args, home, mirror).result;
}

/** Bytes of downloads that are not finished. */
function unfinishedBytes(home: TemporaryFolder): number {
  const blobs = join(home.path, 'hub', 'models--org--model', 'blobs');
  if (!existsSync(blobs)) return 0;
  const parts = readdirSync(blobs).filter((name) => name.endsWith('.incomplete'));
  return parts.reduce((sum, name) => sum + statSync(join(blobs, name)).size, 0);
}

/** Sends half of the weights, once, and then nothing more. */
function halfOfTheWeights(onSent: () => void): Fault {
  return times(
    1,
    onFile('model.safetensors', ({ reply }) => {
      reply.writeHead(200, { 'content-length': WEIGHTS.length });
      reply.write(WEIGHTS.subarray(0, 50_000), onSent);
      return true;
    }),
  );
}

describe('model pull', () => {
  it('downloads a model, and says where it is and how far it came', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    const pulled = await run(['pull', 'org/model'], home, mirror);
    expect(pulled).toMatchObject({ status: 0 });
    expect(pulled.stdout).toMatch(/org\/model is on this machine \(commit a{12}\)/);
    expect(pulled.stdout).toMatch(/5 files, 100\.1 kB; 100\.1 kB downloaded in/);
    expect(pulled.stdout).toContain('compiled on first use');
    expect(pulled.stderr).toMatch(/downloading 100\.1 kB of 100\.1 kB \(100 %\), .*\/s: model\.safetensors/);
    const again = await run(['pull', 'org/model', '--json'], home, mirror);
    expect(JSON.parse(again.stdout)).toMatchObject({ id: 'org/model', bytesDownloaded: 0 });
    expect(again.stderr).toBe('');
  });

  it('goes on after it was killed in the middle', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    const sent = Promise.withResolvers<void>();
    mirror.fault = halfOfTheWeights(sent.resolve);
    const first = start(['pull', 'org/model'], home, mirror);
    await sent.promise;
    while (unfinishedBytes(home) < 50_000) await setImmediate();
    first.kill('SIGKILL');
    await first.result;
    expect(await run(['pull', 'org/model', '--json'], home, mirror)).toMatchObject({ status: 0 });
    expect(mirror.requestsFor('model.safetensors')[1]).toMatchObject({ range: 'bytes=50000-' });
  });

  it('ends with 130 when it is interrupted, and goes on where it was', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    const running: RunningCli[] = [];
    mirror.fault = halfOfTheWeights(() => running[0]?.kill('SIGINT'));
    running.push(start(['pull', 'org/model'], home, mirror));
    const [first] = await Promise.all(running.map(({ result }) => result));
    expect(first).toMatchObject({ status: 130, stdout: '', stderr: expect.stringContaining('interrupted') });
    expect(await run(['pull', 'org/model'], home, mirror)).toMatchObject({ status: 0 });
  });
});

describe('model pull behind a proxy', () => {
  it('goes through the one that the environment names, and repeats no password of it', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    await using proxy = await TunnelProxy.start(mirror.url);
    const address = `http://user:password@127.0.0.1:${proxy.port}`;
    const env = { HF_HUB_CACHE: join(home.path, 'hub'), HF_ENDPOINT: 'http://hub.invalid', HF_TOKEN: 'hf_secret' };
    const through = { ...env, HTTP_PROXY: address, NO_PROXY: '' };
    const pulled = await startCli(['model', 'pull', 'org/model', '-v'], { cwd: home.path, env: through }).result;
    expect(pulled).toMatchObject({ status: 0 });
    expect(new Set(proxy.asked)).toEqual(new Set(['hub.invalid:80']));
    proxy.asked.length = 0;
    const direct = { ...through, NO_PROXY: '127.0.0.1', HF_ENDPOINT: mirror.url };
    const past = await startCli(['model', 'pull', 'org/model', '-v'], { cwd: home.path, env: direct }).result;
    expect(past).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([]);
    const wrong = { ...through, HTTP_PROXY: 'user:password@nowhere', HF_ENDPOINT: mirror.url };
    const warned = await startCli(['model', 'pull', 'org/model', '-v'], { cwd: home.path, env: wrong }).result;
    expect(warned.stderr).toContain('HTTP_PROXY names is no address and is not used');
    for (const { stdout, stderr } of [pulled, past, warned]) expect(stdout + stderr).not.toMatch(/password|hf_secret/);
  });
});

describe.skipIf(!canMount())('model pull to a disk that refuses', () => {
  it('goes on when there is room again, and writes nothing where nothing is missing', async () => {
    using home = temporaryFolder({ 'disk/.keep': '' });
    const content = weights(300_000);
    const isFull = Promise.withResolvers<void>();
    // Sends half; the rest when the script has filled the disk.
    const halves = onFile('model.safetensors', ({ reply, headers }) => {
      if (headers.range !== undefined) return false;
      reply.writeHead(200, { 'content-length': content.length });
      reply.write(content.subarray(0, 150_000));
      void isFull.promise.then(() => reply.end(content.subarray(150_000)));
      return true;
    });
    const fault: Fault = (exchange) => {
      if (exchange.path !== '/full') return halves(exchange);
      isFull.resolve();
      return refuse(exchange.reply, 204);
    };
    await using mirror = await HubMirror.start({ ...MODEL, 'model.safetensors': content }, { fault });
    const disk = join(home.path, 'disk');
    const env = {
      DISK: disk,
      HF_HUB_CACHE: join(disk, 'hub'),
      HF_ENDPOINT: mirror.url,
      HF_HUB_DISABLE_IMPLICIT_TOKEN: '1',
    };
    const script = `
      mount -t tmpfs -o size=1m tmpfs "$DISK"
      BLOBS="$HF_HUB_CACHE/models--org--model/blobs"
      {
        until cat "$BLOBS"/*.incomplete 2>/dev/null | wc -c | grep -q 150000; do sleep 0.05; done
        cat /dev/zero > "$DISK/filler" 2>/dev/null || true
        "$NODE" -e 'fetch(process.env.HF_ENDPOINT + "/full")'
      } &
      "$NODE" "$CLI" model pull org/model && exit 90
      [ $? -eq 4 ] || exit 91
      [ "$(cat "$BLOBS"/*.kept.incomplete | wc -c)" -ge 150000 ] || exit 92
      "$NODE" "$CLI" model pull org/model && exit 97
      rm "$DISK/filler"
      "$NODE" "$CLI" model pull org/model || exit 93
      mount -o remount,ro "$DISK"
      "$NODE" "$CLI" model pull org/model || exit 94
      "$NODE" "$CLI" model pull org/model@other && exit 95
      [ $? -eq 4 ] || exit 96
    `;
    const { status, stdout, stderr } = await startInMountNamespace(script, { cwd: home.path, env }).result;
    expect(stderr).toMatch(/no room left for .*HUB_WRITE_FAILED\)\nhint: Free some room and run the command again/);
    expect(stderr).toMatch(/has room for \d+ kB, and 1[0-5]\d kB are to be downloaded \(HUB_WRITE_FAILED\)/);
    expect(stderr).toMatch(/refs\/other cannot be written: EROFS.*HUB_WRITE_FAILED\)\nhint: Make the folder writable/);
    expect(stdout).toMatch(/5 files, 300\.1 kB; 1[0-4]\d\.\d kB downloaded/);
    expect(stdout).toContain('all of it was here');
    expect(status).toBe(0);
    expect(Number(mirror.requestsFor('model.safetensors')[1]?.range?.match(/\d+/)?.[0])).toBeGreaterThanOrEqual(
      150_000,
    );
  });
});
