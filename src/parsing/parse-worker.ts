/** Worker thread of `ParsePool`: parses one file a message. */
import { serveParseRequests } from './serve-parse-requests.ts';

serveParseRequests();
