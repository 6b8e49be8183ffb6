// Compiled by `npm run check`, never run.
import type * as workers from '@cloudflare/workers-types';
import type { D1Result as BurgageResult } from '../index.d.ts';
import type * as declared from '../index.d.ts';
import * as written from '../src/index.js';

const pool = new written.D1Pool({ url: 'http://127.0.0.1:8787/v1/pools/shop', token: 't' }) as declared.D1Pool;

// A database of a pool is a D1Database, whichever of the two says what that is.
export const asWorkers: workers.D1Database = pool.get('acme');
export const asBurgage: declared.D1Database = asWorkers;
export const session: workers.D1DatabaseSession = pool.get('acme').withSession('first-primary');
export const statement: workers.D1PreparedStatement = pool.get('acme').prepare('SELECT 1').bind(1);

// What is written in JavaScript is what index.d.ts says.
export const module: typeof declared = written;

// A service binding is a fetcher.
declare const service: workers.Fetcher;
new written.D1Pool({ fetcher: service });

interface Env {
  DB_POOL: declared.D1Pool;
}
export default written.withPool({
  async fetch(_request: Request, env: Env): Promise<Response> {
    const { results }: BurgageResult<{ id: number }> = await env.DB_POOL.get('acme').prepare('SELECT id').all<{ id: number }>();
    const [columns, ...rows] = await env.DB_POOL.get('acme').prepare('SELECT id').raw<[number]>({ columnNames: true });
    const id: number | null = await env.DB_POOL.get('acme').prepare('SELECT id').first<number>('id');
    // @ts-expect-error a tenant is named by a text
    env.DB_POOL.get(7);
    return Response.json({ first: results[0]?.id, columns: columns.join(), rows: rows.map(([n]) => n + 1), id });
  },
});
