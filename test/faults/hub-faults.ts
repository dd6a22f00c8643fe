import { join } from 'node:path';
import { rmSync } from 'node:fs';
import {
  HubMirror,
  mirrorFile,
  onFile,
  refuse,
  sendFile,
  times,
  type Fault as MirrorFault,
} from '../helpers/hub-mirror.ts';
import { modelContent, type Fault, type Place, type RunSettings } from './fault.ts';

const ID = 'org/model';
const WEIGHTS = 'pytorch_model.bin';
/** So that nobody waits for a second attempt. */
const AT_ONCE = { 'retry-after': '0' };

/** Starts a hub with a whole model, names the model, and leaves only the float one on the machine. */
async function startHub(place: Place, fault?: MirrorFault): Promise<{ mirror: HubMirror; settings: RunSettings }> {
  rmSync(place.model, { recursive: true });
  const mirror = await HubMirror.start(modelContent('quantized'), { id: ID, fault });
  place.cleanups.push(() => mirror[Symbol.asyncDispose]());
  const settings: RunSettings = {
    args: ['--model', ID],
    env: {
      HF_ENDPOINT: mirror.url,
      HF_HUB_CACHE: join(place.root, '.hub'),
    },
    names: { [mirror.url]: '<hub>' },
  };
  return { mirror, settings };
}

function hub(name: string, portugueseName: string, fault: MirrorFault, change: Partial<RunSettings> = {}): Fault {
  return {
    group: 'hub',
    name,
    portugueseName,
    damage: async (place) => {
      const { settings } = await startHub(place, fault);
      return { ...settings, ...change, env: { ...settings.env, ...change.env } };
    },
  };
}

const always =
  (status: number, headers: Readonly<Record<string, string>> = {}): MirrorFault =>
  ({ reply }) =>
    refuse(reply, status, headers);

export const HUB_FAULTS: readonly Fault[] = [
  hub(
    'download broken off at 50 %, then resumed',
    'download interrompido em 50 %, depois retomado',
    times(
      1,
      onFile(WEIGHTS, (exchange, file) => {
        sendFile(exchange, file, Math.floor(file.content.length / 2));
        return true;
      }),
    ),
  ),
  hub(
    'download broken off every time, without progress',
    'download interrompido toda vez, sem avançar',
    onFile(WEIGHTS, ({ reply }) => {
      reply.destroy();
      return true;
    }),
  ),
  {
    group: 'hub',
    name: 'weights with another sha256 than the hub says',
    portugueseName: 'pesos com outro sha256 do que o hub informa',
    damage: async (place) => {
      const { settings } = await startHub(
        place,
        onFile(WEIGHTS, (exchange, file) => {
          const content = Buffer.from(file.content);
          content.writeUInt8(content.readUInt8(30_000) ^ 1, 30_000);
          sendFile(exchange, { ...mirrorFile(file.path, content), digest: file.digest });
          return true;
        }),
      );
      return settings;
    },
  },
  hub('the hub answers 401', 'o hub responde 401', always(401)),
  hub(
    'the hub answers 403, access to be granted',
    'o hub responde 403, acesso por conceder',
    always(403, { 'x-error-code': 'GatedRepo' }),
  ),
  hub('the hub answers 404', 'o hub responde 404', always(404, { 'x-error-code': 'RepoNotFound' })),
  hub('the hub answers 429', 'o hub responde 429', always(429, AT_ONCE)),
  hub('the hub answers 503', 'o hub responde 503', always(503, AT_ONCE)),
  hub('the hub answers 503 once', 'o hub responde 503 uma vez', times(1, always(503, AT_ONCE))),
  hub(
    'the hub stalls in the middle of a file',
    'o hub para no meio de um arquivo',
    onFile(WEIGHTS, ({ reply }, file) => {
      reply.writeHead(200, { 'content-length': file.content.length });
      reply.write(file.content.subarray(0, 100));
      return true;
    }),
    { env: { HF_HUB_DOWNLOAD_TIMEOUT: '1' } },
  ),
  {
    group: 'hub',
    name: 'the hub sends the file from another origin, with a token set',
    portugueseName: 'o hub envia o arquivo de outra origem, com um token definido',
    damage: async (place) => {
      const other = await HubMirror.start({}, { id: ID });
      place.cleanups.push(() => other[Symbol.asyncDispose]());
      other.fault = ({ headers, reply }) => {
        if (headers.authorization !== undefined) return refuse(reply, 418);
        sendFile({ headers, reply }, mirrorFile(WEIGHTS, modelContent('quantized')[WEIGHTS] ?? ''));
        return true;
      };
      const { settings } = await startHub(
        place,
        onFile(WEIGHTS, ({ reply }, file) => {
          reply.writeHead(302, {
            location: `${other.url}/blob`,
            'x-linked-etag': `"${file.digest}"`,
            'x-linked-size': file.content.length,
          });
          reply.end();
          return true;
        }),
      );
      return {
        ...settings,
        env: { ...settings.env, HF_TOKEN: 'hf_secret' },
        names: { ...settings.names, [other.url]: '<other origin>' },
      };
    },
  },
  hub('offline, the model is not on the machine', 'offline, o modelo não está na máquina', always(500), {
    args: ['--model', ID, '--offline'],
  }),
  {
    group: 'hub',
    name: 'nothing listens at HF_ENDPOINT',
    portugueseName: 'nada escuta em HF_ENDPOINT',
    damage: async (place) => {
      const { mirror, settings } = await startHub(place);
      await mirror[Symbol.asyncDispose]();
      place.cleanups.pop();
      return settings;
    },
  },
  hub(
    'a proxy answers every address with an HTML page',
    'um proxy responde todo endereço com uma página HTML',
    ({ reply }) => {
      reply.writeHead(200, { 'content-type': 'text/html' });
      reply.end('<!DOCTYPE html><html><body>Sign in</body></html>');
      return true;
    },
  ),
  {
    group: 'hub',
    name: 'disk full while downloading',
    portugueseName: 'disco cheio durante o download',
    needs: 'mount',
    damage: async (place) => {
      const { settings } = await startHub(place);
      return { ...settings, smallDisk: { path: join(place.root, '.hub'), size: '48k' } };
    },
  },
];
