import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cell } from '@burgage/testing';
import { D1_WRANGLERS, runWrangler } from '@burgage/testing/wranglers';

// Each command starts a wrangler, which takes a second or two, so the others wait for `npm run compatibility`.
const TRIED = process.env.EVERY_WRANGLER ? D1_WRANGLERS : D1_WRANGLERS.slice(0, 1);

const FILE = `-- with a comment; and a semicolon
CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT, r REAL, b BLOB, g AS (id * 2));
INSERT INTO p(n, r, b) VALUES ('it''s; a "text"', 0.1, x'00ff'), ('two
lines', -1e300, NULL);
CREATE VIEW v AS SELECT n FROM p;
`;
const FAILING_FILE = 'INSERT INTO p(n) VALUES (1);\nINSERT INTO nope VALUES (1);\n';
const TRIGGER = 'create trigger tr after insert on m begin update m set id = id; end;\n';

let pool;
before(async () => {
  pool = await cell().pool();
});

for (const wrangler of TRIED) {
  describe(wrangler, () => {
    const folder = mkdtempSync(join(tmpdir(), 'burgage-wrangler-d1-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const db = `db-${wrangler.replace('.', '-')}`;
    const file = (name, text) => writeFileSync(join(folder, name), text);

    let token; // another than the pool's, for a test
    function run(...args) {
      const env = {
        CLOUDFLARE_API_BASE_URL: `${cell().url}/client/v4`,
        CLOUDFLARE_API_TOKEN: token ?? pool.token,
        CLOUDFLARE_ACCOUNT_ID: pool.name,
      };
      return runWrangler(wrangler, args, { cwd: folder, env });
    }
    async function says(text, ...args) {
      const { passed, said } = await run(...args);
      assert.ok(passed && said.includes(text), `wrangler ${args.join(' ')} said, without "${text}":\n${said}`);
      return said;
    }
    async function refuses(text, ...args) {
      const { passed, said } = await run(...args);
      assert.ok(!passed && said.includes(text), `wrangler ${args.join(' ')} did not fail with "${text}":\n${said}`);
    }
    const sql = (text, command) => says(text, 'd1', 'execute', db, '--remote', '--json', '--command', command);
    // What a command has done is asked of the API: each wrangler takes seconds to start.
    const api = (method, path, body) => cell().send(method, `/client/v4/accounts/${pool.name}/d1/database${path}`, body);
    const first = async (text) => (await api('POST', `/${db}/query`, { sql: text })).result[0].results[0];
    const importing = (name, ...more) => ['d1', 'execute', name, '--remote', '--yes', '--file', ...more];

    test('whoami', () => says(pool.name, 'whoami'));

    test('d1 create', async () => {
      await says(`Successfully created DB '${db}'`, 'd1', 'create', db);
      await refuses('already exists', 'd1', 'create', db);
    });

    test('d1 list', async () => {
      await says(db, 'd1', 'list');
      const rows = JSON.parse(await says(db, 'd1', 'list', '--json'));
      assert.deepEqual(Object.keys(rows.find(({ name }) => name === db)).slice(0, 3), ['uuid', 'name', 'version']);
    });

    test('d1 info', async () => {
      await says(db, 'd1', 'info', db);
      await refuses("Couldn't find", 'd1', 'info', `no-${db}`);
    });

    test('d1 execute --command', async () => {
      await sql('"n": 1', 'CREATE TABLE t(id INTEGER PRIMARY KEY, n INT); INSERT INTO t(n) VALUES(1); SELECT n FROM t');
      await refuses('syntax error', 'd1', 'execute', db, '--remote', '--command', 'SELEKT 1');
    });

    test('d1 execute --file', async () => {
      file('ok.sql', FILE);
      file('failing.sql', FAILING_FILE);
      await says('', ...importing(db, 'ok.sql'));
      await refuses('no such table: nope', ...importing(db, 'failing.sql'));
      assert.deepEqual(await first('SELECT count(*) c FROM p'), { c: 2 }); // all or nothing
      await refuses('already exists', ...importing(db, 'ok.sql')); // wrangler asks whether its etag is known
    });

    test('d1 export', async () => {
      const copy = `${db}-copy`;
      await says('', 'd1', 'export', db, '--remote', '--output', 'one.sql');
      await api('POST', '', { name: copy });
      await says('', ...importing(copy, 'one.sql'));
      await says('', 'd1', 'export', copy, '--remote', '--output', 'two.sql');
      assert.match(read('one.sql'), /INSERT INTO "p"/);
      assert.equal(read('two.sql'), read('one.sql'));
      await says('', 'd1', 'export', db, '--remote', '--output', 'schema.sql', '--no-data', '--table', 'p');
      assert.match(read('schema.sql'), /^PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE p\(.*\n$/);
      await api('DELETE', `/${copy}`);
    });

    test('d1 migrations create, list, apply', async () => {
      const { uuid } = (await api('GET', `/${db}`)).result;
      const config = { name: 'x', compatibility_date: '2025-01-01', d1_databases: [{ binding: 'DB', database_name: db, database_id: uuid }] };
      file('wrangler.json', JSON.stringify(config));
      mkdirSync(join(folder, 'migrations'));
      file('migrations/0001_one.sql', `CREATE TABLE m(id INTEGER PRIMARY KEY);\n${TRIGGER}`);
      try {
        await says('0002_two.sql', 'd1', 'migrations', 'create', db, 'two');
        file('migrations/0002_two.sql', 'CREATE INDEX mi ON m(id);');
        await says('0001_one.sql', 'd1', 'migrations', 'list', db, '--remote');
        await says('0002_two.sql', 'd1', 'migrations', 'apply', db, '--remote');
        await says('No migrations', 'd1', 'migrations', 'apply', db, '--remote');
        assert.deepEqual(await first("SELECT count(*) n FROM sqlite_schema WHERE name IN ('tr', 'mi')"), { n: 2 });
      } finally {
        rmSync(join(folder, 'wrangler.json'));
      }
    });

    test('d1 time-travel info', () => says('bookmark', 'd1', 'time-travel', 'info', db));

    test('d1 time-travel restore, by bookmark and by time, and undone', async () => {
      const travel = (...args) => says('bookmark', 'd1', 'time-travel', ...args, '--json').then((said) => said.slice(said.indexOf('{')));
      const count = async () => (await first('SELECT count(*) c FROM p')).c;
      const { bookmark } = JSON.parse(await travel('info', db));
      const rows = await count();
      const timestamp = new Date().toISOString();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await first('INSERT INTO p(n) VALUES (1), (2), (3)');
      const restored = JSON.parse(await travel('restore', db, '--bookmark', bookmark));
      assert.equal(await count(), rows);
      await travel('restore', db, '--bookmark', restored.previous_bookmark);
      assert.equal(await count(), rows + 3);
      await travel('restore', db, '--timestamp', timestamp);
      assert.equal(await count(), rows);
      await refuses('another database', 'd1', 'time-travel', 'restore', db, '--bookmark', '00000000-00000000-ffffffff-00000000000000000000000000000000');
    });

    test('d1 insights', () => says('SELECT count(*) c FROM p', 'd1', 'insights', db, '--timePeriod', '1d', '--limit', '20'));

    // Version 4 has no such commands.
    if (wrangler.startsWith('wrangler-3.')) {
      test('d1 backup create, list, download, restore', async () => {
        await says('', 'd1', 'backup', 'create', db);
        const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(await says('', 'd1', 'backup', 'list', db));
        await says('', 'd1', 'backup', 'download', db, id, '--output', 'backup.sqlite3');
        assert.equal(readFileSync(join(folder, 'backup.sqlite3')).toString('latin1', 0, 15), 'SQLite format 3');
        await first('DELETE FROM p');
        await says('', 'd1', 'backup', 'restore', db, id);
        assert.deepEqual(await first('SELECT count(*) c FROM p'), { c: 2 });
      });
    }

    test('a token that may only read one database', async () => {
      const made = await cell().send('POST', '/v1/tokens', { scope: 'tenant', pool: pool.name, tenant: db, right: 'read' });
      const other = `${db}-other`;
      await api('POST', '', { name: other });
      token = made.token;
      try {
        await sql('"c": 2', 'SELECT count(*) c FROM p');
        await refuses('may only read', 'd1', 'execute', db, '--remote', '--command', 'DELETE FROM p');
        await refuses('7403', 'd1', 'execute', db, '--remote', '--command', 'SELECT 1; DELETE FROM p');
        await says('', 'd1', 'export', db, '--remote', '--output', 'read.sql');
        await refuses('Authentication', 'd1', 'delete', db, '-y');
        const rows = JSON.parse(await says(db, 'd1', 'list', '--json'));
        assert.deepEqual(rows.map(({ name }) => name), [db]);
      } finally {
        token = undefined;
      }
      assert.deepEqual(await first('SELECT count(*) c FROM p'), { c: 2 });
      await api('DELETE', `/${other}`);
    });

    test('d1 create at the most databases that there may be', async () => {
      await cell().send('PATCH', `/v1/pools/${pool.name}`, { tenantsMax: 0 });
      try {
        await refuses('maximum', 'd1', 'create', `${db}-more`);
      } finally {
        await cell().send('PATCH', `/v1/pools/${pool.name}`, { tenantsMax: null });
      }
    });

    test('d1 delete', async () => {
      await says(`Deleted '${db}' successfully`, 'd1', 'delete', db, '-y');
      await refuses("Couldn't find", 'd1', 'info', db);
    });

    function read(name) {
      return readFileSync(join(folder, name), 'utf8');
    }
  });
}
