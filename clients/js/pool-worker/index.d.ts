import type { D1Database } from '@burgage/d1-pool';
import type { WorkerEntrypoint } from 'cloudflare:workers';

export interface PoolWorkerEnv {
  /** Of the pool: `https://burgage.example.com/v1/pools/shop`. */
  DB_POOL_URL: string;
  /** A secret: `wrangler secret put DB_POOL_TOKEN`. */
  DB_POOL_TOKEN: string;
  /** What reaches the server if it is in a private network, such as a VPC service binding. */
  DB_POOL_SERVER?: { fetch(input: any, init?: any): Promise<any> };
}

/** What other Workers bind as DB_POOL: `Service<typeof DbPool>`. */
export declare class DbPool extends WorkerEntrypoint<PoolWorkerEnv> {
  /** Over RPC. Statements given to batch() must have been awaited; see the README for the way around. */
  get(tenant: string): D1Database;
  fetch(request: Request): Promise<Response>;
}

declare const handler: { fetch(): Response };
export default handler;
