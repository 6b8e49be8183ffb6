import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { cell } from '@burgage/testing';
import Cloudflare from 'cloudflare';

const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;
const name = 'acme';

let d1;
let account_id;
let id;
before(async () => {
  const pool = await cell().pool();
  account_id = pool.name;
  d1 = new Cloudflare({ apiToken: pool.token, baseURL: `${cell().url}/client/v4` }).d1.database;
});

async function refused(status, code, call) {
  const error = await call.then(() => undefined, (e) => e);
  assert.equal(error?.status, status, error?.message);
  assert.equal(error.errors[0].code, code);
  return error;
}

const results = async (call) => (await call).result.map((result) => result.results);

test('create', async () => {
  const made = await d1.create({ account_id, name, primary_location_hint: 'weur', read_replication: { mode: 'auto' } });
  assert.equal(made.name, name);
  assert.equal(made.version, 'production');
  id = made.uuid;
  await refused(400, 7502, d1.create({ account_id, name }));
  await refused(400, 7400, d1.create({ account_id }));
});

test('list, paged to its end', async () => {
  const other = await d1.create({ account_id, name: 'other' });
  const all = [];
  for await (const { uuid } of d1.list({ account_id, per_page: 1 })) all.push(uuid);
  assert.deepEqual(all, [id, other.uuid]);
  const named = [];
  for await (const { uuid } of d1.list({ account_id, name })) named.push(uuid);
  assert.deepEqual(named, [id]);
});

test('get', async () => {
  const found = await d1.get(id, { account_id });
  assert.equal(found.read_replication.mode, 'auto');
  assert.equal(typeof found.file_size, 'number');
  assert.deepEqual(await d1.get(id, { account_id, fields: ['uuid', 'name'] }), { uuid: id, name });
  assert.equal((await d1.get(name, { account_id })).uuid, id);
  await refused(404, 7404, d1.get('nope', { account_id }));
  await refused(403, 7403, d1.get(id, { account_id: 'no-such-account' }));
});

test('update, edit', async () => {
  const mode = async (call) => (await call).read_replication.mode;
  assert.equal(await mode(d1.update(id, { account_id, read_replication: { mode: 'disabled' } })), 'disabled');
  assert.equal(await mode(d1.edit(id, { account_id, read_replication: { mode: 'auto' } })), 'auto');
});

test('query, raw', async () => {
  const two = await d1.query(id, { account_id, sql: 'CREATE TABLE t(a,b); INSERT INTO t VALUES(?,?)', params: ['1', 'x'] });
  assert.deepEqual(two.result.map((result) => result.meta.changes), [0, 1]);
  const batch = [{ sql: 'SELECT 1 a' }, { sql: 'SELECT ? b', params: ['z'] }];
  assert.deepEqual(await results(d1.query(id, { account_id, batch })), [[{ a: 1 }], [{ b: 'z' }]]);
  assert.deepEqual(await results(d1.raw(id, { account_id, sql: 'SELECT * FROM t' })), [{ columns: ['a', 'b'], rows: [['1', 'x']] }]);
  const error = await refused(400, 7500, d1.query(id, { account_id, sql: 'SELEKT' }));
  assert.equal(error.headers.get('x-should-retry'), 'false'); // or the SDK would run it three times
});

test('import', async () => {
  const sql = "INSERT INTO t VALUES('2','y');";
  const etag = createHash('md5').update(sql).digest('hex');
  const { filename, upload_url } = await d1.import(id, { account_id, action: 'init', etag });
  const put = await fetch(upload_url, { method: 'PUT', body: sql });
  assert.equal(put.status, 200);
  assert.equal(put.headers.get('etag'), `"${etag}"`);
  let now = await d1.import(id, { account_id, action: 'ingest', etag, filename });
  while (now.status === 'active') now = await d1.import(id, { account_id, action: 'poll', current_bookmark: now.at_bookmark });
  assert.equal(now.status, 'complete');
  assert.equal(now.result.num_queries, 1);
});

test('export', async () => {
  let now = await d1.export(id, { account_id, output_format: 'polling', dump_options: { tables: ['t'] } });
  while (now.status === 'active') now = await d1.export(id, { account_id, output_format: 'polling', current_bookmark: now.at_bookmark });
  assert.equal(
    await (await fetch(now.result.signed_url)).text(),
    `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE t(a,b);
INSERT INTO "t" ("a","b") VALUES('1','x');
INSERT INTO "t" ("a","b") VALUES('2','y');
`,
  );
});

test('time travel: a bookmark, a restore, and back', async () => {
  const count = async () => (await d1.query(id, { account_id, sql: 'SELECT count(*) c FROM t' })).result[0].results[0].c;
  const timestamp = new Date(Date.now() + 1000).toISOString();
  const { bookmark } = await d1.timeTravel.getBookmark(id, { account_id, timestamp });
  assert.match(bookmark, BOOKMARK);
  const rows = await count();
  await d1.query(id, { account_id, sql: "INSERT INTO t VALUES ('3', 'z')" });
  const restored = await d1.timeTravel.restore(id, { account_id, bookmark });
  assert.equal(await count(), rows);
  assert.match(restored.message, /undo/);
  await d1.timeTravel.restore(id, { account_id, bookmark: restored.previous_bookmark });
  assert.equal(await count(), rows + 1);
  await refused(400, 7400, d1.timeTravel.restore(id, { account_id, bookmark: 'x' }));
  await refused(400, 7400, d1.timeTravel.restore(id, { account_id }));
});

test('delete', async () => {
  await d1.delete(id, { account_id });
  await refused(404, 7404, d1.get(id, { account_id }));
});

test('a deleted name is free at once', async () => {
  const again = await d1.create({ account_id, name });
  assert.notEqual(again.uuid, id);
  assert.deepEqual(await results(d1.query(name, { account_id, sql: "SELECT count(*) n FROM sqlite_schema WHERE name = 't'" })), [[{ n: 0 }]]);
  for (let i = 0; i < 2; i++) {
    await d1.delete(name, { account_id });
    await d1.create({ account_id, name });
  }
});

test("a name as Prisma gives to its shadow databases", async () => {
  const shadow = `_prisma_shadow_${randomUUID()}`;
  const made = await d1.create({ account_id, name: shadow });
  assert.equal(made.name, shadow);
  await refused(400, 7502, d1.create({ account_id, name: shadow }));
  assert.equal((await d1.get(shadow, { account_id })).uuid, made.uuid);
  for await (const found of d1.list({ account_id, name: shadow })) assert.equal(found.name, shadow);
  assert.deepEqual(await results(d1.query(made.uuid, { account_id, sql: 'SELECT 1 a' })), [[{ a: 1 }]]);
  await d1.delete(made.uuid, { account_id });
  await refused(404, 7404, d1.get(shadow, { account_id }));
});
