// What the suite asks for its database: here a tenant of Burgage, through the plugin.
import { cell } from '@burgage/testing';
import { afterAll, beforeAll } from 'vitest';
import { D1_BINDING, poolBinding, worker } from '../src/worker.js';

export const binding = 'DB';
// Only the tests that are left out look at these.
export const opts = {};
export const ctx = {};

let tenant;

beforeAll(async () => {
  const pool = await cell().pool();
  tenant = await pool.tenant();
  ctx.mf = worker({ 'main.js': 'export default {};' }, { [binding]: D1_BINDING, DB_POOL: poolBinding(pool) });
  await ctx.mf.ready;
});
afterAll(() => ctx.mf?.dispose());

export async function getDatabase(miniflare) {
  const { DB_POOL } = await miniflare.getBindings();
  return DB_POOL.get(tenant);
}
