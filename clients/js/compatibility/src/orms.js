// What people do with D1 through other libraries, the same on the plain client and inside workerd. Each takes a
// database and returns what it saw, which must be what the same steps see on real D1.
import { PrismaD1 } from '@prisma/adapter-d1';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { Kysely, sql as kyselySql } from 'kysely';
import { D1Dialect } from 'kysely-d1';
import { D1QB } from 'workers-qb';

const message = (e) => e.cause?.message ?? e.message;

const users = sqliteTable('drizzle_users', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique(),
  score: real('score'),
  active: integer('active', { mode: 'boolean' }).default(true),
  created: integer('created', { mode: 'timestamp_ms' }),
  picture: blob('picture'),
  tags: text('tags', { mode: 'json' }),
});

/** drizzle-orm on its D1 driver. */
async function drizzleOrm(d1) {
  const db = drizzle(d1, { schema: { users } });
  await db.run(sql`CREATE TABLE drizzle_users(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, score REAL,
    active INTEGER DEFAULT 1, created INTEGER, picture BLOB, tags TEXT)`);
  const created = new Date(1_700_000_000_123);
  const seen = [];
  seen.push(await db.insert(users).values({ name: 'ann', score: 1.5, created, tags: ['a', { b: 1 }] }).returning());
  seen.push(await db.insert(users).values([{ name: 'bob', active: false }, { name: 'cy', picture: new Uint8Array([1, 2]) }]).returning({ id: users.id }));
  seen.push(await db.select().from(users).where(eq(users.name, 'ann')).all());
  seen.push(await db.query.users.findFirst({ where: eq(users.id, 2), columns: { name: true, active: true } }));
  seen.push(await db.update(users).set({ score: 9 }).where(eq(users.id, 2)).returning());
  seen.push(await db.insert(users).values({ name: 'ann' }).onConflictDoUpdate({ target: users.name, set: { score: 2 } }).returning({ score: users.score }));
  seen.push(await db.batch([
    db.insert(users).values({ name: 'dan' }).returning({ id: users.id }),
    db.select({ n: sql`count(*)` }).from(users),
    db.delete(users).where(eq(users.name, 'dan')),
  ]).then(([a, b]) => [a, b]));
  seen.push(await db.insert(users).values({ name: 'ann' }).catch(message));
  seen.push(await db.batch([db.insert(users).values({ name: 'eve' }), db.insert(users).values({ name: 'ann' })]).catch(message));
  seen.push(await db.$count(users));
  seen.push(await db.transaction(async () => 1).catch((e) => message(e).split('. ')[0]));
  seen.push(await db.select({ id: users.id }).from(users).values());
  return seen;
}

/** Prisma's driver adapter, as its client calls it. */
async function prismaAdapter(d1) {
  const adapter = await new PrismaD1(d1).connect();
  const args = (list) => ({ args: list, argTypes: list.map(() => ({ scalarType: 'string', arity: 'scalar' })) });
  const query = (text, ...list) => adapter.queryRaw({ sql: text, ...args(list) });
  console.error = () => {}; // the adapter prints every error that it also throws
  const seen = [];
  await adapter.executeScript('CREATE TABLE prisma_users(id INTEGER PRIMARY KEY, name TEXT UNIQUE, at DATETIME, b BLOB, big BIGINT);');
  seen.push(await adapter.executeRaw({ sql: 'INSERT INTO prisma_users(name, at, big) VALUES (?, ?, ?)', ...args(['ann', '2026-01-02T03:04:05.000Z', 5]) }));
  seen.push(await query('SELECT id, name, at, b, big FROM prisma_users WHERE name = ?', 'ann'));
  seen.push(await query('INSERT INTO prisma_users(name) VALUES (?) RETURNING id, name', 'bob'));
  seen.push(await query('INSERT INTO prisma_users(name) VALUES (?)', 'ann').catch((e) => e.cause));
  seen.push(await query('SELECT * FROM nope').catch((e) => e.cause));
  seen.push(await query('INSERT INTO prisma_users(id) VALUES (?)', 1).catch((e) => e.cause));
  const transaction = await adapter.startTransaction();
  await transaction.executeRaw({ sql: "UPDATE prisma_users SET name = 'cy' WHERE id = 2", ...args([]) });
  await transaction.commit();
  seen.push(await query('SELECT count(*) AS n, max(id) AS m FROM prisma_users'));
  await adapter.dispose();
  return seen;
}

/** kysely on kysely-d1. */
async function kyselyD1(d1) {
  const db = new Kysely({ dialect: new D1Dialect({ database: d1 }) });
  const seen = [];
  await db.schema.createTable('pet')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('age', 'integer')
    .execute();
  const { insertId, numInsertedOrUpdatedRows } = await db.insertInto('pet').values({ name: 'rex', age: 3 }).executeTakeFirst();
  seen.push([Number(insertId), Number(numInsertedOrUpdatedRows)]);
  seen.push(await db.insertInto('pet').values([{ name: 'tom' }, { name: 'kim' }]).returning(['id', 'name']).execute());
  seen.push(await db.selectFrom('pet').selectAll().where('age', '>', 2).execute());
  seen.push(await db.selectFrom('pet').select((e) => e.fn.countAll().as('n')).executeTakeFirst());
  seen.push(Number((await db.updateTable('pet').set({ age: 1 }).where('name', '=', 'tom').executeTakeFirst()).numUpdatedRows));
  seen.push(Number((await db.deleteFrom('pet').where('id', '=', 3).executeTakeFirst()).numDeletedRows));
  seen.push(await db.insertInto('pet').values({ name: 'rex' }).execute().catch(message));
  seen.push((await db.introspection.getTables()).find((table) => table.name === 'pet').columns.map((c) => [c.name, c.dataType, c.isNullable]));
  seen.push((await kyselySql`SELECT ${'x'} AS x`.execute(db)).rows);
  return seen;
}

/** workers-qb, with its migrations. */
async function workersQb(d1) {
  const qb = new D1QB(d1);
  const seen = [];
  const migrations = qb.migrations({
    migrations: [
      { name: '0001_job.sql', sql: 'CREATE TABLE job(id INTEGER PRIMARY KEY, title TEXT UNIQUE, salary REAL);' },
      { name: '0002_index.sql', sql: 'CREATE INDEX job_salary ON job(salary);' },
    ],
  });
  await migrations.initialize();
  seen.push((await migrations.getUnapplied()).length);
  seen.push((await migrations.apply()).length);
  seen.push((await migrations.getApplied()).map((applied) => applied.name));
  seen.push((await qb.insert({ tableName: 'job', data: { title: 'cook', salary: 1000.5 }, returning: '*' }).execute()).results);
  await qb.insert({ tableName: 'job', data: [{ title: 'pilot', salary: 5 }, { title: 'smith', salary: 7 }] }).execute();
  seen.push((await qb.fetchAll({ tableName: 'job', fields: ['id', 'title'], where: { conditions: 'salary > ?1', params: [4] }, orderBy: 'id' }).execute()).results);
  seen.push((await qb.fetchOne({ tableName: 'job', fields: 'count(*) AS n' }).execute()).results);
  seen.push((await qb.update({ tableName: 'job', data: { salary: 6 }, where: { conditions: 'title = ?1', params: ['pilot'] }, returning: 'salary' }).execute()).results);
  seen.push((await qb.delete({ tableName: 'job', where: { conditions: 'title = ?1', params: ['smith'] } }).execute()).changes);
  seen.push(await qb.insert({ tableName: 'job', data: { title: 'cook' } }).execute().catch(message));
  seen.push((await qb.batchExecute([qb.fetchAll({ tableName: 'job' }), qb.fetchOne({ tableName: 'job' })])).length);
  return seen;
}

export const orms = {
  'drizzle-orm': drizzleOrm,
  '@prisma/adapter-d1': prismaAdapter,
  'kysely-d1': kyselyD1,
  'workers-qb': workersQb,
};

/** What an ORM saw, or how it failed, as text. */
export async function seenBy(name, d1) {
  const plain = (_, value) => (typeof value === 'bigint' ? String(value) : value);
  try {
    return JSON.stringify(await orms[name](d1), plain, 1);
  } catch (e) {
    return `fails: ${e.message}`;
  }
}
