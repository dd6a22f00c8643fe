/** Worker thread of indexing: parses one file a message and cuts it into chunks. */
import { chunkFile } from '../chunking/chunk-file.ts';
import { serveParseRequests } from '../parsing/serve-parse-requests.ts';
import { packChunks } from './chunk-bytes.ts';

serveParseRequests((file, text) => packChunks(chunkFile(file, text)));
