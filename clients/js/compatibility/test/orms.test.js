import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { D1Pool } from '@burgage/d1-pool';
import { cell } from '@burgage/testing';
import { bundle } from '@burgage/testing/bundle';
import { orms, seenBy } from '../src/orms.js';
import { D1_BINDING, poolBinding, worker } from '../src/worker.js';

const MAIN = `
import { D1Pool } from '@burgage/d1-pool';
import { seenBy } from './orms.js';
export default {
  async fetch(request, env) {
    const { name, tenant, by } = await request.json();
    const database = { d1: () => env.DB, class: () => env.DB_POOL.get(tenant), client: () => new D1Pool({ url: env.URL, token: env.TOKEN }).get(tenant) };
    return new Response(await seenBy(name, database[by]()));
  },
};`;

let pool;
let miniflare;
before(async () => {
  pool = await cell().pool();
  const main = await bundle(MAIN, new URL('../src/', import.meta.url));
  miniflare = worker({ 'main.js': main }, {
    DB: D1_BINDING,
    DB_POOL: poolBinding(pool),
    URL: { type: 'text', value: pool.url },
    TOKEN: { type: 'text', value: pool.token },
  }, { flags: ['nodejs_compat'] });
});
after(() => miniflare?.dispose());

async function inWorkerd(name, by) {
  const body = JSON.stringify({ name, by, tenant: await pool.tenant() });
  return (await miniflare.dispatchFetch('http://worker/', { method: 'POST', body })).text();
}

for (const name of Object.keys(orms)) {
  describe(name, () => {
    let expected;
    before(async () => {
      expected = await inWorkerd(name, 'd1');
    });

    test('works on real D1, or this would prove nothing', () => assert.doesNotMatch(expected, /^fails/));

    test("sees in workerd, on D1's own class, what it sees on D1", async () => {
      assert.equal(await inWorkerd(name, 'class'), expected);
    });

    test('sees in workerd, on the plain client, what it sees on D1', async () => {
      assert.equal(await inWorkerd(name, 'client'), expected);
    });

    test('sees in Node, on the plain client, what it sees on D1', async () => {
      const database = new D1Pool({ url: pool.url, token: pool.token }).get(await pool.tenant());
      assert.equal(await seenBy(name, database), expected);
    });
  });
}
