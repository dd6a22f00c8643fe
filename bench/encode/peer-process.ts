import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

/** An encoder to measure. */
export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
}

/** One pass over all texts. */
export interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A peer that has loaded its model; the protocol is in peer.py. */
export class PeerProcess {
  readonly peer: Peer;
  readonly versions: unknown;
  /** Rows of the first texts, to see that all peers compute the same. */
  readonly vectors: readonly (readonly number[])[];
  readonly loadSeconds: number;
  readonly rounds: Round[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(peer: Peer, child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, ready: Ready) {
    this.peer = peer;
    this.#child = child;
    this.#lines = lines;
    this.versions = ready.ready;
    this.vectors = ready.vectors;
    this.loadSeconds = ready.loadSeconds;
  }

  /** Starts a peer on the given cores and waits until it is warm. */
  static async start(peer: Peer, cores: readonly number[], environment: NodeJS.ProcessEnv): Promise<PeerProcess> {
    const start = performance.now();
    const child = spawn('taskset', ['-c', cores.join(','), ...peer.command], { env: environment });
    const errors: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    // Exporters talk on standard output; the first line of the protocol is the first that is JSON.
    let message: unknown;
    do {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${peer.name} did not start: ${errors.join('').slice(-2000)}`);
      message = line.value.startsWith('{"ready"') ? JSON.parse(line.value) : undefined;
    } while (message === undefined);
    // The boundary: peers are scripts beside this one.
    const ready = message as Omit<Ready, 'loadSeconds'>;
    return new PeerProcess(peer, child, lines, { ...ready, loadSeconds: (performance.now() - start) / 1000 });
  }

  async runRound(): Promise<void> {
    this.#child.stdin.write('\n');
    // The boundary: as above.
    this.rounds.push((await this.#next()) as Round);
  }

  /** Ends the peer and gives its peak memory in bytes. */
  async finish(): Promise<number> {
    this.#child.stdin.end();
    const { peakBytes } = (await this.#next()) as { peakBytes: number };
    return peakBytes;
  }

  async #next(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.peer.name} ended before it answered`);
    return JSON.parse(line.value);
  }
}

interface Ready {
  readonly ready: unknown;
  readonly vectors: readonly (readonly number[])[];
  readonly loadSeconds: number;
}
