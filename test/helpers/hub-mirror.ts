import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to a mirror and the answer to it. */
export interface Exchange {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly reply: ServerResponse;
  /** The file that is asked for with `resolve`, where there is such. */
  readonly file: MirrorFile | undefined;
  readonly mirror: HubMirror;
}

/** Answers a request in place of the mirror; false leaves it to the mirror. */
export type Fault = (exchange: Exchange) => boolean;

export interface MirrorFile {
  readonly path: string;
  readonly content: Buffer;
  /** Digest the listing names: sha256 of large files, git's sha1 of others. */
  readonly digest: string;
  readonly isLarge: boolean;
}

export interface HubMirrorOptions {
  /** @defaultValue `org/model` */
  readonly id?: string | undefined;
  /** @defaultValue forty times `a` */
  readonly commit?: string | undefined;
  /** Files from this size on are large ones, as with Git LFS. @defaultValue 10,000 bytes */
  readonly largeFrom?: number | undefined;
  readonly fault?: Fault | undefined;
  /** Entries a page of the listing. @defaultValue 1000 */
  readonly pageSize?: number | undefined;
}

/** A hub with one repository on a port of this machine, and whatever goes wrong with hubs. */
export class HubMirror implements AsyncDisposable {
  readonly id: string;
  readonly commit: string;
  readonly requests: { method: string; path: string; range?: string; ifRange?: string; authorization?: string }[] = [];
  fault: Fault | undefined;
  files: readonly MirrorFile[];
  readonly #server: Server;
  readonly #pageSize: number;

  private constructor(files: readonly MirrorFile[], options: HubMirrorOptions) {
    this.id = options.id ?? 'org/model';
    this.commit = options.commit ?? 'a'.repeat(40);
    this.fault = options.fault;
    this.files = files;
    this.#pageSize = options.pageSize ?? 1000;
    this.#server = createServer((request, reply) => this.#answer(request, reply));
  }

  static async start(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: HubMirrorOptions = {},
  ): Promise<HubMirror> {
    const mirror = new HubMirror(
      Object.entries(files).map(([path, content]) => mirrorFile(path, content, options.largeFrom ?? 10_000)),
      options,
    );
    await new Promise<void>((resolve) => mirror.#server.listen(0, '127.0.0.1', resolve));
    return mirror;
  }

  get url(): string {
    // A listening TCP server has such an address.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests for the content of a file. */
  requestsFor(file: string): readonly { range?: string; ifRange?: string; authorization?: string }[] {
    return this.requests.filter(({ path }) => path.endsWith(`/resolve/${this.commit}/${file}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, reply: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(pathname);
    const { range, authorization } = request.headers;
    const ifRange = request.headers['if-range'];
    this.requests.push({
      method: request.method ?? '',
      path,
      ...(range === undefined ? {} : { range }),
      ...(typeof ifRange === 'string' ? { ifRange } : {}),
      ...(authorization === undefined ? {} : { authorization }),
    });
    const name = /\/resolve\/[^/]+\/(.+)$/.exec(path)?.[1];
    const file = this.files.find((candidate) => candidate.path === name);
    const exchange = { method: request.method ?? '', path, headers: request.headers, reply, file, mirror: this };
    if (this.fault?.(exchange) === true) return;
    if (path.startsWith(`/api/models/${this.id}/revision/`)) return json(reply, this.#description());
    if (path.startsWith(`/api/models/${this.id}/tree/`))
      return this.#list(reply, Number(searchParams.get('cursor') ?? 0));
    if (file !== undefined && path.startsWith(`/${this.id}/`)) return sendFile(exchange, file);
    refuse(reply, 404, { 'x-error-code': name === undefined ? 'RepoNotFound' : 'EntryNotFound' });
  }

  /** What Python's library reads of a repository. */
  #description(): unknown {
    const siblings = this.files.map(({ path }) => ({ rfilename: path }));
    return { id: this.id, sha: this.commit, private: false, tags: [], downloads: 0, likes: 0, siblings };
  }

  #list(reply: ServerResponse, from: number): void {
    const to = from + this.#pageSize;
    if (to < this.files.length) {
      const next = `${this.url}/api/models/${this.id}/tree/${this.commit}?recursive=true&cursor=${to}`;
      reply.setHeader('link', `<${next}>; rel="next"`);
    }
    json(reply, this.files.slice(from, to).map(listingEntry));
  }
}

export function mirrorFile(path: string, content: string | Uint8Array, largeFrom = 10_000): MirrorFile {
  const bytes = Buffer.from(content);
  const isLarge = bytes.length >= largeFrom;
  const digest = isLarge
    ? createHash('sha256').update(bytes).digest('hex')
    : createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  return { path, content: bytes, digest, isLarge };
}

/** An entry as the hub lists it. */
export function listingEntry({ path, content, digest, isLarge }: MirrorFile): Record<string, unknown> {
  const size = content.length;
  if (!isLarge) return { type: 'file', oid: digest, size, path };
  return { type: 'file', oid: 'b'.repeat(40), size, path, lfs: { oid: digest, size, pointerSize: 134 } };
}

export function json(reply: ServerResponse, value: unknown): void {
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(value));
}

export function refuse(reply: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): true {
  reply.writeHead(status, headers);
  reply.end(`status ${status}`);
  return true;
}

/** Sends a file as a well-behaved server does: whole, or the part that is asked for while it is still the same. */
export function sendFile(
  { headers, reply, mirror }: Pick<Exchange, 'headers' | 'reply'> & Partial<Pick<Exchange, 'mirror'>>,
  file: MirrorFile,
  cutAt?: number,
): void {
  const { content, digest } = file;
  const etag = `"${digest}"`;
  const range = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  const unchanged = headers['if-range'] === undefined || headers['if-range'] === etag;
  const from = range !== null && unchanged ? Number(range[1]) : 0;
  if (from > 0 && from >= content.length) {
    refuse(reply, 416, { 'content-range': `bytes */${content.length}` });
    return;
  }
  reply.writeHead(from > 0 ? 206 : 200, {
    etag,
    // What Python's library asks for.
    'x-repo-commit': mirror?.commit ?? '',
    'x-linked-etag': etag,
    'x-linked-size': content.length,
    'accept-ranges': 'bytes',
    'content-length': content.length - from,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  if (cutAt === undefined || cutAt <= from) reply.end(content.subarray(from));
  else cutReply(reply, content.subarray(from, cutAt));
}

/** Ends the answer as if it were whole after some bytes, as a proxy may: unlike with a cut, all of them arrive. */
export function endEarly({ reply }: Pick<Exchange, 'reply'>, { content, digest }: MirrorFile, at: number): true {
  reply.writeHead(200, { etag: `"${digest}"` });
  reply.end(content.subarray(0, at));
  return true;
}

/** Sends some bytes and breaks the connection off once they are on their way; the last of them may get lost. */
export function cutReply(reply: ServerResponse, bytes: Uint8Array): void {
  reply.write(bytes, () => setImmediate(() => reply.destroy()));
}

/** Lets a fault happen to the first requests it would handle only. */
export function times(count: number, fault: Fault): Fault {
  let left = count;
  return (exchange) => {
    if (left <= 0 || !fault(exchange)) return false;
    left--;
    return true;
  };
}

/** Lets a fault happen to the content of one file only. */
export function onFile(path: string, fault: (exchange: Exchange, file: MirrorFile) => boolean): Fault {
  return (exchange) => exchange.file?.path === path && fault(exchange, exchange.file);
}
