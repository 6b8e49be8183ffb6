// Runs inside workerd.
import { env } from 'cloudflare:test';
import { expect, it } from 'vitest';

it("env.DB_POOL has tenants with workerd's own D1 class", async () => {
  const db = env.DB_POOL.get('acme');
  expect(db.constructor.name).toBe('D1Database');
  await db.batch([db.prepare('CREATE TABLE t(a)'), db.prepare('INSERT INTO t VALUES(?)').bind('x')]);
  expect(await db.prepare('SELECT a FROM t').first('a')).toBe('x');
});
