import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { cell } from '@burgage/testing';
import { D1Pool } from '../src/index.js';

let pool;
let clients;
before(async () => {
  pool = await cell().pool();
  clients = new D1Pool({ url: pool.url, token: pool.token });
});

test('a tenant that was created a moment before works', async () => {
  const tenant = await pool.tenant();
  assert.equal(await clients.get(tenant).prepare('SELECT 1 AS one').first('one'), 1);
});

test('what is written is read: run, all, first, raw, batch, exec, session', async () => {
  const db = clients.get(await pool.tenant());
  assert.equal((await db.exec('CREATE TABLE o(id INTEGER PRIMARY KEY, item TEXT)\nCREATE INDEX o_item ON o(item)')).count, 2);
  const { success, meta } = await db.prepare('INSERT INTO o(item) VALUES (?)').bind('boots').run();
  assert.ok(success);
  assert.equal(meta.last_row_id, 1);
  assert.equal(meta.changes, 1);
  const [, { results }] = await db.batch([
    db.prepare('INSERT INTO o(item) VALUES (?)').bind('coat'),
    db.prepare('SELECT * FROM o ORDER BY id'),
  ]);
  assert.deepEqual(results, [{ id: 1, item: 'boots' }, { id: 2, item: 'coat' }]);
  const select = db.prepare('SELECT id, item FROM o WHERE id = ?');
  assert.deepEqual((await select.bind(2).all()).results, [{ id: 2, item: 'coat' }]);
  assert.deepEqual(await select.bind(1).first(), { id: 1, item: 'boots' });
  assert.equal(await select.bind(9).first(), null);
  assert.deepEqual(await select.bind(1).raw({ columnNames: true }), [['id', 'item'], [1, 'boots']]);
  const session = db.withSession();
  assert.equal(await session.prepare('SELECT count(*) AS n FROM o').first('n'), 2);
  assert.match(session.getBookmark(), /^[0-9a-f]{8}-/);
});

test('tenants do not see one another', async () => {
  const [one, two] = await Promise.all([pool.tenant(), pool.tenant()]);
  await clients.get(one).prepare('CREATE TABLE mine(a)').run();
  await assert.rejects(clients.get(two).prepare('SELECT * FROM mine').all(), {
    message: 'D1_ERROR: no such table: mine: SQLITE_ERROR',
    code: 'sql_error',
  });
});

test('an unknown tenant and a wrong token have words and a code', async () => {
  await assert.rejects(clients.get('nobody').prepare('SELECT 1').all(), { code: 'unknown_tenant', message: /^D1_ERROR: .*nobody/ });
  const wrong = new D1Pool({ url: pool.url, token: 'wrong' });
  await assert.rejects(wrong.get('nobody').prepare('SELECT 1').all(), { code: 'unauthorized' });
});

test('many statements at once', async () => {
  const db = clients.get(await pool.tenant());
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => db.prepare('SELECT ? AS i').bind(i).first('i')));
  assert.deepEqual(answers, Array.from({ length: 100 }, (_, i) => i));
});
