/** What an index run is doing. Counters only grow; `remainingMs` is an estimate once there is a rate. */
export type IndexProgress =
  | { readonly stage: 'discover'; readonly state: 'started' | 'done'; readonly files: number; readonly skipped: number }
  | { readonly stage: 'parse'; readonly filesDone: number; readonly filesTotal: number; readonly bytesDone: number }
  | { readonly stage: 'resolve'; readonly state: 'started' | 'done'; readonly edges: number }
  | {
      readonly stage: 'model';
      readonly state: 'downloading';
      readonly id: string;
      readonly bytesDone: number;
      readonly bytesTotal: number;
      readonly remainingMs: number | undefined;
    }
  | {
      readonly stage: 'model';
      readonly state: 'chosen';
      readonly id: string;
      /** Kind of place it was found in. */
      readonly source: string;
      /** Why this one, in words. */
      readonly reason: string;
    }
  | {
      readonly stage: 'embed';
      readonly textsDone: number;
      readonly textsTotal: number;
      readonly tokensDone: number;
      readonly tokensPerSecond: number;
      readonly remainingMs: number | undefined;
    };

export type IndexProgressListener = (progress: IndexProgress) => void;
