// What D1 answers, probe by probe. Each is asked of real D1 and of Burgage, on a database of its own for the whole list
// and in this order; probes share tables, so a new one goes to the end of its group.

/**
 * @typedef {import('@cloudflare/workers-types').D1Database} D1Database
 * @typedef {[name: string, ask: (db: D1Database) => unknown]} Probe
 */

const rows = (db, sql, ...values) => db.prepare(sql).bind(...values).raw();
const flat = async (db, sql, ...values) => (await rows(db, sql, ...values)).flat();
const named = (db, sql) => db.prepare(sql).raw({ columnNames: true });
const x = (length) => 'x'.repeat(length);
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

/** What a statement says of itself, without what depends on time and place. */
const meta = async (db, sql, ...values) => {
  const { success, results, meta: m } = await db.prepare(sql).bind(...values).run();
  return { success, results, changes: m.changes, last_row_id: m.last_row_id, changed_db: m.changed_db };
};
const counters = async (db, sql, ...values) => {
  const { meta: m } = await db.prepare(sql).bind(...values).run();
  return { rows_read: m.rows_read, rows_written: m.rows_written };
};

/** @type {Probe[]} */
const parameters = [
  ['number is REAL', (db) => flat(db, 'SELECT typeof(?1), ?1, typeof(?2), ?2, typeof(?3), ?3', 1, 1.5, 4294967296)],
  ['number with 53 bits', (db) => flat(db, 'SELECT ?, ?', 9007199254740991, -9007199254740991)],
  ['number past 53 bits', (db) => flat(db, 'SELECT ?, ?', 9007199254740993, 1e300)],
  ['number too large for int64', (db) => flat(db, 'SELECT typeof(?1), ?1', 1e19)],
  ['minus zero, NaN, infinity', (db) =>
    flat(db, 'SELECT typeof(?1), ?1, typeof(?2), ?2, typeof(?3), ?3, typeof(?4)', -0, NaN, Infinity, -Infinity)],
  ['boolean', (db) => flat(db, 'SELECT typeof(?1), ?1, typeof(?2), ?2', true, false)],
  ['null', (db) => flat(db, 'SELECT typeof(?1), ?1', null)],
  ['text', (db) => flat(db, 'SELECT typeof(?1), ?1, length(?1)', 'aäß😀')],
  ['text with NUL', (db) => flat(db, 'SELECT typeof(?1), ?1, length(?1)', 'a\0b')],
  ['text that looks like a number', (db) => flat(db, "SELECT typeof(?1), ?1 = '1', ?1 = 1", '1')],
  ['empty text', (db) => flat(db, "SELECT typeof(?1), ?1, ?1 IS NULL", '')],
  ['lone surrogate', (db) => flat(db, 'SELECT typeof(?1), length(?1)', '\ud800')],
  ['Uint8Array is BLOB', (db) => flat(db, 'SELECT typeof(?1), ?1, length(?1)', new Uint8Array([0, 1, 255]))],
  ['ArrayBuffer is BLOB', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', new Uint8Array([171]).buffer)],
  ['array of bytes is BLOB', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', [1, 2, 3])],
  ['array with fractions', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', [1.5, 2])],
  ['empty BLOB', (db) => flat(db, 'SELECT typeof(?1), ?1, length(?1)', new Uint8Array(0))],
  ['Uint16Array', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', new Uint16Array([1, 255]))],
  ['Uint16Array with more than a byte', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', new Uint16Array([300]))],
  ['Int8Array with a negative', (db) => flat(db, 'SELECT typeof(?1), hex(?1)', new Int8Array([-1]))],
  ['array out of range', (db) => db.prepare('SELECT ?').bind([1, 300]).all()],
  ['array of texts', (db) => db.prepare('SELECT ?').bind(['a']).all()],
  ['undefined', (db) => db.prepare('SELECT ?').bind(undefined).all()],
  ['bigint', (db) => db.prepare('SELECT ?').bind(10n).all()],
  ['object', (db) => db.prepare('SELECT ?').bind({ a: 1 }).all()],
  ['symbol-free function', (db) => db.prepare('SELECT ?').bind(() => 1).all()],
  ['Date', (db) => db.prepare('SELECT ?').bind(new Date(0)).all().catch((e) => e.message.replace(/'[^']*1970.*'/, "'…'"))],
  ['too few', (db) => db.prepare('SELECT ?, ?').bind(1).all()],
  ['none of one', (db) => db.prepare('SELECT ?').all()],
  ['too many', (db) => db.prepare('SELECT ?').bind(1, 2).all()],
  ['some for none', (db) => db.prepare('SELECT 1').bind(1).all()],
  ['numbered', (db) => flat(db, 'SELECT ?2, ?1', 'a', 'b')],
  ['numbered with a gap', (db) => flat(db, 'SELECT ?3, ?1', 'a', 'b', 'c')],
  ['numbered twice', (db) => flat(db, 'SELECT ?1, ?1', 'a')],
  ['mixed', (db) => flat(db, 'SELECT ?2, ?', 'a', 'b', 'c')],
  ['named with colon', (db) => flat(db, 'SELECT :a', 1)],
  ['named with at and dollar', (db) => flat(db, 'SELECT @a, $b', 1, 2)],
  ['bind twice takes the last', (db) => db.prepare('SELECT ?').bind(1).bind(2).raw()],
  ['100 parameters', async (db) => (await flat(db, `SELECT ${times(100, () => '?').join()}`, ...times(100, (i) => i))).length],
  ['101 parameters', (db) => rows(db, `SELECT ${times(101, () => '?').join()}`, ...times(101, (i) => i))],
  ['?101', (db) => db.prepare('SELECT ?101').all()],
  ['?0', (db) => db.prepare('SELECT ?0').all()],
];

/** @type {Probe[]} */
const values = [
  ['integers out', (db) => flat(db, 'SELECT 1, -1, 9007199254740991, 9007199254740993, 9223372036854775807, -9223372036854775808')],
  ['reals out', (db) => flat(db, 'SELECT 1.0, 2.5, 0.1 + 0.2, 1e999, -1e999, 1e300, 1e-300, -0.0')],
  ['texts out', (db) => flat(db, "SELECT 'a', '', 'it''s', char(0), char(128512), 'line' || char(10)")],
  ['BLOBs out', (db) => flat(db, "SELECT x'', x'00ff', zeroblob(3), CAST('é' AS BLOB)")],
  ['invalid UTF-8 out', (db) => flat(db, "SELECT CAST(x'ff41' AS TEXT)")],
  ['null out', (db) => db.prepare('SELECT NULL AS n').all().then((r) => r.results)],
  ['table of affinities', (db) =>
    db.batch([
      db.prepare('CREATE TABLE affinity(i INTEGER, t TEXT, r REAL, n NUMERIC, b BLOB, none)'),
      db.prepare('INSERT INTO affinity VALUES(?1, ?1, ?1, ?1, ?1, ?1)').bind(1),
      db.prepare('INSERT INTO affinity VALUES(?1, ?1, ?1, ?1, ?1, ?1)').bind('1'),
      db.prepare('INSERT INTO affinity VALUES(?1, ?1, ?1, ?1, ?1, ?1)').bind(1.5),
      db.prepare('INSERT INTO affinity VALUES(?1, ?1, ?1, ?1, ?1, ?1)').bind(new Uint8Array([49])),
    ]).then((r) => r.length)],
  ['values by affinity', (db) => rows(db, 'SELECT * FROM affinity')],
  ['types by affinity', (db) =>
    rows(db, 'SELECT typeof(i), typeof(t), typeof(r), typeof(n), typeof(b), typeof(none) FROM affinity')],
  ['WHERE id = number', (db) => rows(db, 'SELECT count(*) FROM affinity WHERE i = ?', 1)],
  ['WHERE text = number', (db) => rows(db, 'SELECT count(*) FROM affinity WHERE t = ?', 1)],
  ['LIMIT number', (db) => rows(db, 'SELECT i FROM affinity LIMIT ? OFFSET ?', 1, 1)],
  ['LIMIT fraction', (db) => rows(db, 'SELECT i FROM affinity LIMIT ?', 1.5)],
  ['rowid = fraction', (db) => rows(db, 'SELECT rowid FROM affinity WHERE rowid = ?', 1.5)],
  ['INSERT fraction as rowid', (db) => rows(db, 'INSERT INTO affinity(rowid) VALUES(?)', 1.5)],
  ['STRICT takes a whole number', (db) =>
    db.batch([
      db.prepare('CREATE TABLE strict_table(i INTEGER, a ANY) STRICT'),
      db.prepare('INSERT INTO strict_table VALUES(?1, ?1)').bind(3),
      db.prepare('SELECT typeof(i), typeof(a) FROM strict_table'),
    ]).then((r) => r[2].results)],
  ['STRICT refuses a text', (db) => rows(db, "INSERT INTO strict_table VALUES('x', 1)")],
  ['json_extract = number', (db) => flat(db, `SELECT json_extract('{"a":5}', '$.a') = ?`, 5)],
  ['json of a number', (db) => flat(db, 'SELECT json_array(?), json_object(\'a\', ?), ? || \'\'', 5, 5, 5)],
  ['printf and hex of a number', (db) => flat(db, "SELECT printf('%d', ?1), hex(?1), quote(?1), ?1 / 2, ?1 % 2", 5)],
  ['substr by number', (db) => flat(db, "SELECT substr('abcdef', ?, ?)", 2, 3)],
  ['duplicate names in all', (db) => db.prepare('SELECT 1 AS a, 2 AS a, 3 AS b').all().then((r) => r.results)],
  ['duplicate names in raw', (db) => named(db, 'SELECT 1 AS a, 2 AS a')],
  ['duplicate names in run', (db) => db.prepare('SELECT 1 AS a, 2 AS a').run().then((r) => r.results)],
  ['names of expressions', (db) => named(db, "SELECT 1+1, count(*), 'x', \"y\" AS \"z z\", -1")],
  ['names of columns', (db) => named(db, 'SELECT i, affinity.t, affinity.r AS rr, i + 1 FROM affinity LIMIT 1')],
  ['names of a subquery', (db) => named(db, 'SELECT * FROM (SELECT i AS a, i AS a FROM affinity) LIMIT 1')],
  ['names without rows', (db) => named(db, 'SELECT i, t FROM affinity WHERE 0')],
  ['column called __proto__', (db) => db.prepare('SELECT 1 AS "__proto__"').raw({ columnNames: true })],
  ['columns that look like numbers', (db) => db.prepare('SELECT 1 AS "2", 2 AS "1"').all().then((r) => r.results)],
  ['double quotes are text', (db) => flat(db, 'SELECT "abc"')],
  ['backticks and brackets', (db) => flat(db, 'SELECT `i`, [t] FROM affinity LIMIT 1')],
];

/** @type {Probe[]} */
const shapes = [
  ['all', (db) => db.prepare('SELECT 1 AS a').all().then(({ success, results }) => ({ success, results }))],
  ['run has results', (db) => db.prepare('SELECT 1 AS a').run().then(({ success, results }) => ({ success, results }))],
  ['run of a write', (db) => db.prepare('CREATE TABLE shape(a, b)').run().then(({ success, results }) => ({ success, results }))],
  ['all of a write', (db) => db.prepare('INSERT INTO shape VALUES(1, 2)').all().then(({ success, results }) => ({ success, results }))],
  ['raw of a write', (db) => db.prepare('INSERT INTO shape VALUES(3, 4)').raw()],
  ['raw of a write with names', (db) => named(db, 'INSERT INTO shape VALUES(5, 6)')],
  ['first', (db) => db.prepare('SELECT * FROM shape ORDER BY a').first()],
  ['first of a column', (db) => db.prepare('SELECT * FROM shape ORDER BY a').first('b')],
  ['first without rows', (db) => db.prepare('SELECT * FROM shape WHERE 0').first()],
  ['first of a column without rows', (db) => db.prepare('SELECT * FROM shape WHERE 0').first('b')],
  ['first of an unknown column', (db) => db.prepare('SELECT 1 AS a').first('b')],
  ['first of a null column', (db) => db.prepare('SELECT NULL AS a').first('a')],
  ['first of a write', (db) => db.prepare('INSERT INTO shape VALUES(7, 8)').first()],
  ['first with RETURNING', (db) => db.prepare('INSERT INTO shape VALUES(9, 10) RETURNING a').first('a')],
  ['members of meta', async (db) => {
    const { meta: m } = await db.prepare('SELECT 1').all();
    const types = ['duration', 'changes', 'last_row_id', 'changed_db', 'size_after', 'rows_read', 'rows_written', 'served_by'];
    return Object.fromEntries(types.map((name) => [name, typeof m[name]]));
  }],
  ['batch', (db) => db.batch([db.prepare('SELECT 1 AS a'), db.prepare('SELECT ? AS b').bind('x')]).then((r) => r.map((s) => s.results))],
  ['batch of none', (db) => db.batch([])],
  ['batch uses what it wrote', (db) =>
    db.batch([
      db.prepare('CREATE TABLE made(a)'),
      db.prepare('INSERT INTO made VALUES(1)'),
      db.prepare('SELECT count(*) AS n FROM made'),
      db.prepare('DROP TABLE made'),
    ]).then((r) => r.map((s) => s.results))],
  ['batch fails as a whole', (db) =>
    db.batch([db.prepare('INSERT INTO shape VALUES(100, 1)'), db.prepare('INSERT INTO nope VALUES(1)')])],
  ['batch was rolled back', (db) => flat(db, 'SELECT count(*) FROM shape WHERE a = 100')],
  ['batch rolls back DDL', (db) =>
    db.batch([db.prepare('CREATE TABLE gone(a)'), db.prepare('SELEKT')]).catch(() => flat(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'gone'"))],
  ['batch with a wrong count of parameters', (db) => db.batch([db.prepare('SELECT 1'), db.prepare('SELECT ?')])],
  ['batch with an empty statement', (db) => db.batch([db.prepare('SELECT 1 AS a'), db.prepare('')]).then((r) => r.map((s) => s.results))],
  ['batch with a comment', (db) => db.batch([db.prepare('SELECT 1 AS a'), db.prepare('/* */')])],
  ['statement used twice', async (db) => {
    const statement = db.prepare('SELECT ? AS a');
    return db.batch([statement.bind(1), statement.bind(2)]).then((r) => r.map((s) => s.results));
  }],
  ['large answer', (db) => rows(db, 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n').then((r) => r.length)],
];

/** @type {Probe[]} */
const severalStatements = [
  ['the last one answers', (db) => named(db, 'SELECT 1 AS a; SELECT 2 AS b')],
  ['all of them run', (db) =>
    db.prepare('CREATE TABLE several(a); INSERT INTO several VALUES(1); INSERT INTO several VALUES(2); SELECT count(*) AS n FROM several').all().then((r) => r.results)],
  ['parameters of the last', (db) => rows(db, 'SELECT 1; SELECT ?', 9)],
  ['parameters of another', (db) => rows(db, 'SELECT ?; SELECT 1', 9)],
  ['parameters of both', (db) => rows(db, 'SELECT ?; SELECT ?', 9, 8)],
  ['trailing semicolon', (db) => rows(db, 'SELECT 1;')],
  ['trailing semicolons', (db) => rows(db, 'SELECT 1;;  ; ')],
  ['leading semicolon', (db) => rows(db, ';SELECT 1')],
  ['trailing comment', (db) => rows(db, 'SELECT 1; -- done')],
  ['trailing block comment', (db) => rows(db, 'SELECT 1; /* done */')],
  ['leading comment', (db) => rows(db, '-- one\n/* two */ SELECT 1')],
  ['a bad one undoes the rest', (db) => db.prepare('INSERT INTO several VALUES(3); SELEKT').run()],
  ['it was undone', (db) => flat(db, 'SELECT count(*) FROM several')],
  ['meta of the last', (db) => meta(db, 'INSERT INTO several VALUES(4); SELECT 5 AS five')],
  ['trigger with semicolons', (db) =>
    rows(db, 'CREATE TRIGGER several_t AFTER INSERT ON several BEGIN SELECT 1; SELECT 2; END; SELECT 3')],
  ['semicolon in text', (db) => rows(db, "SELECT ';', \"a;b\", [a] FROM several LIMIT 1 -- ; \n")],
  ['empty', (db) => db.prepare('').all()],
  ['space', (db) => db.prepare(' \n\t').all()],
  ['line comment', (db) => db.prepare('-- nothing').all()],
  ['indented line comment', (db) => db.prepare('  -- nothing').all()],
  ['block comment', (db) => db.prepare('/* nothing */').all()],
  ['semicolon', (db) => db.prepare(';').all()],
  ['unclosed comment', (db) => db.prepare('SELECT 1 /* open').raw()],
  ['NUL in SQL', (db) => db.prepare('SELECT 1\0').raw()],
];

/** @type {Probe[]} */
const errors = [
  ['syntax', (db) => db.prepare('SELEKT 1').all()],
  ['syntax further on', (db) => db.prepare('SELECT 1 FROM FROM x').all()],
  ['syntax after text with umlauts', (db) => db.prepare("SELECT 'äöü', FROM").all()],
  ['incomplete', (db) => db.prepare('SELECT').all()],
  ['incomplete list', (db) => db.prepare('SELECT (1').all()],
  ['unclosed text', (db) => db.prepare("SELECT 'a").all()],
  ['unknown token', (db) => db.prepare('SELECT #').all()],
  ['no such table', (db) => db.prepare('SELECT * FROM nope').all()],
  ['no such column', (db) => db.prepare('SELECT nope').all()],
  ['no such column of a table', (db) => db.prepare('SELECT s.nope FROM shape s').all()],
  ['no such column in INSERT', (db) => db.prepare('INSERT INTO shape(nope) VALUES(1)').run()],
  ['ambiguous column', (db) => db.prepare('SELECT a FROM shape x, shape y').all()],
  ['no such function', (db) => db.prepare('SELECT nope(1)').all()],
  ['wrong count of arguments', (db) => db.prepare('SELECT abs()').all()],
  ['wrong count of values', (db) => db.prepare('INSERT INTO shape VALUES(1)').run()],
  ['table exists', (db) => db.prepare('CREATE TABLE shape(a)').run()],
  ['index exists', async (db) => {
    await db.prepare('CREATE INDEX shape_i ON shape(a)').run();
    return db.prepare('CREATE INDEX shape_i ON shape(a)').run();
  }],
  ['no such index', (db) => db.prepare('DROP INDEX nope').run()],
  ['misuse of aggregate', (db) => db.prepare('SELECT a FROM shape WHERE count(*) > 1').all()],
  ['constraint tables', (db) =>
    db.batch([
      db.prepare('CREATE TABLE parent(id INTEGER PRIMARY KEY)'),
      db.prepare('CREATE TABLE u(id INTEGER PRIMARY KEY, e TEXT NOT NULL UNIQUE, p INTEGER REFERENCES parent, c CHECK(c < 10), k TEXT)'),
      db.prepare('CREATE TABLE pk(a, b, PRIMARY KEY(a, b)) WITHOUT ROWID'),
      db.prepare("CREATE TRIGGER u_t BEFORE INSERT ON u WHEN new.k = 'no' BEGIN SELECT RAISE(ABORT, 'not this one'); END"),
      db.prepare("CREATE TRIGGER u_f BEFORE INSERT ON u WHEN new.k = 'fail' BEGIN SELECT RAISE(FAIL, 'failed'); END"),
      db.prepare("CREATE TRIGGER u_r BEFORE INSERT ON u WHEN new.k = 'rollback' BEGIN SELECT RAISE(ROLLBACK, 'rolled back'); END"),
      db.prepare("CREATE TRIGGER u_i BEFORE INSERT ON u WHEN new.k = 'ignore' BEGIN SELECT RAISE(IGNORE); END"),
      db.prepare("INSERT INTO u(id, e) VALUES(1, 'a')"),
      db.prepare('INSERT INTO pk VALUES(1, 1)'),
    ]).then((r) => r.length)],
  ['UNIQUE', (db) => db.prepare("INSERT INTO u(e) VALUES('a')").run()],
  ['PRIMARY KEY', (db) => db.prepare("INSERT INTO u(id, e) VALUES(1, 'b')").run()],
  ['PRIMARY KEY of two', (db) => db.prepare('INSERT INTO pk VALUES(1, 1)').run()],
  ['NOT NULL', (db) => db.prepare('INSERT INTO u(e) VALUES(NULL)').run()],
  ['CHECK', (db) => db.prepare("INSERT INTO u(e, c) VALUES('c', 11)").run()],
  ['FOREIGN KEY', (db) => db.prepare("INSERT INTO u(e, p) VALUES('d', 99)").run()],
  ['FOREIGN KEY of the parent', async (db) => {
    await db.batch([db.prepare('INSERT INTO parent VALUES(5)'), db.prepare("INSERT INTO u(e, p) VALUES('child', 5)")]);
    return db.prepare('DELETE FROM parent WHERE id = 5').run();
  }],
  ['trigger ABORT', (db) => db.prepare("INSERT INTO u(e, k) VALUES('t', 'no')").run()],
  ['trigger FAIL', (db) => db.prepare("INSERT INTO u(e, k) VALUES('t', 'fail')").run()],
  ['trigger IGNORE', (db) => meta(db, "INSERT INTO u(e, k) VALUES('t', 'ignore')")],
  ['datatype mismatch', (db) => db.prepare("INSERT INTO u(id, e) VALUES('x', 'y')").run()],
  ['INSERT OR FAIL', (db) => db.prepare("INSERT OR FAIL INTO u(id, e) VALUES(80, 'z1'), (1, 'z2')").run()],
  ['INSERT OR FAIL left nothing', (db) => flat(db, "SELECT count(*) FROM u WHERE e = 'z1'")],
  ['INSERT OR IGNORE', (db) => meta(db, "INSERT OR IGNORE INTO u(id, e) VALUES(1, 'a')")],
  ['deferred foreign keys', (db) =>
    db.batch([
      db.prepare('PRAGMA defer_foreign_keys = ON'),
      db.prepare("INSERT INTO u(e, p) VALUES('deferred', 77)"),
      db.prepare('INSERT INTO parent VALUES(77)'),
    ]).then((r) => r.length)],
  ['json', (db) => db.prepare("SELECT json('{')").all()],
  ['integer overflow', (db) => db.prepare('SELECT abs(-9223372036854775808)').all()],
  ['division by zero', (db) => flat(db, 'SELECT 1 / 0, 1.0 / 0')],
  ['error in the second of a batch', (db) => db.batch([db.prepare('SELECT 1'), db.prepare('SELECT * FROM nope')])],
  ['cause', (db) => db.prepare('SELECT * FROM nope').all().catch((e) => [e.name, e.cause?.message])],
];

/** @type {Probe[]} */
const metas = [
  ['CREATE TABLE', (db) => meta(db, 'CREATE TABLE m(id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INTEGER)')],
  ['CREATE TABLE again', (db) => meta(db, 'CREATE TABLE IF NOT EXISTS m(id INTEGER PRIMARY KEY)')],
  ['INSERT of two', (db) => meta(db, "INSERT INTO m(a, b) VALUES('x', 1), ('y', 2)")],
  ['INSERT RETURNING', (db) => meta(db, "INSERT INTO m(a) VALUES('z') RETURNING id, a")],
  ['INSERT with an id', (db) => meta(db, "INSERT INTO m(id, a) VALUES(41, 'w')")],
  ['INSERT OR REPLACE', (db) => meta(db, "INSERT OR REPLACE INTO m(id, a) VALUES(41, 'w')")],
  ['upsert', (db) => meta(db, "INSERT INTO m(id, a) VALUES(41, 'v') ON CONFLICT(id) DO UPDATE SET a = excluded.a")],
  ['upsert of nothing', (db) => meta(db, "INSERT INTO m(id, a) VALUES(41, 'v') ON CONFLICT DO NOTHING")],
  ['UPDATE of two', (db) => meta(db, 'UPDATE m SET b = 5 WHERE id <= 2')],
  ['UPDATE of none', (db) => meta(db, 'UPDATE m SET b = 5 WHERE id = 999')],
  ['UPDATE to the same', (db) => meta(db, 'UPDATE m SET b = b WHERE id = 1')],
  ['UPDATE RETURNING', (db) => meta(db, 'UPDATE m SET b = 6 WHERE id = 1 RETURNING b')],
  ['DELETE of one', (db) => meta(db, 'DELETE FROM m WHERE id = 2')],
  ['DELETE of none', (db) => meta(db, 'DELETE FROM m WHERE id = 999')],
  ['SELECT', (db) => meta(db, 'SELECT id FROM m ORDER BY id')],
  ['SELECT without a table', (db) => meta(db, 'SELECT 1 AS one')],
  ['WITH that inserts', (db) => meta(db, "WITH n(v) AS (SELECT 'with') INSERT INTO m(a) SELECT v FROM n")],
  ['INSERT of none', (db) => meta(db, "INSERT INTO m(a) SELECT 'q' WHERE 0")],
  ['CREATE INDEX', (db) => meta(db, 'CREATE INDEX m_b ON m(b)')],
  ['INSERT through a trigger', async (db) => {
    await db.prepare('CREATE TABLE log(id INTEGER PRIMARY KEY, what)').run();
    await db.prepare('CREATE TRIGGER m_log AFTER INSERT ON m BEGIN INSERT INTO log(what) VALUES(new.a); END').run();
    return meta(db, "INSERT INTO m(a) VALUES('logged')");
  }],
  ['DELETE that cascades', async (db) => {
    await db.batch([
      db.prepare('CREATE TABLE top(id INTEGER PRIMARY KEY)'),
      db.prepare('CREATE TABLE below(id INTEGER PRIMARY KEY, t REFERENCES top ON DELETE CASCADE)'),
      db.prepare('INSERT INTO top VALUES(1)'),
      db.prepare('INSERT INTO below(t) VALUES(1), (1)'),
    ]);
    return meta(db, 'DELETE FROM top');
  }],
  ['batch of mixed', (db) =>
    db.batch([
      db.prepare("INSERT INTO m(id, a) VALUES(60, 'm1')"),
      db.prepare('SELECT 1'),
      db.prepare('UPDATE m SET b = 1 WHERE id = 60'),
    ]).then((r) => r.map(({ meta: m }) => [m.changes, m.last_row_id, m.changed_db]))],
  ['changes() and total', (db) => db.batch([db.prepare('UPDATE m SET b = 2 WHERE id = 60'), db.prepare('SELECT changes() AS c')]).then((r) => r[1].results)],
  ['last_insert_rowid()', (db) => db.batch([db.prepare("INSERT INTO m(id, a) VALUES(70, 'm2')"), db.prepare('SELECT last_insert_rowid() AS l')]).then((r) => r[1].results)],
  ['INSERT WITHOUT ROWID', (db) => meta(db, 'INSERT INTO pk VALUES(9, 9)')],
  ['ALTER TABLE', (db) => meta(db, 'ALTER TABLE m ADD COLUMN extra')],
  ['DROP TABLE', (db) => meta(db, 'DROP TABLE log')],
  ['size_after grows', async (db) => {
    const before = (await db.prepare('SELECT 1').run()).meta.size_after;
    await db.prepare('CREATE TABLE big(a)').run();
    const { meta: m } = await db.prepare('INSERT INTO big VALUES(zeroblob(100000))').run();
    return [before > 0, m.size_after > before + 90_000, m.size_after % 4096];
  }],
];

/** @type {Probe[]} */
const rowCounters = [
  ['setup', async (db) => {
    await db.batch([
      db.prepare('CREATE TABLE r(id INTEGER PRIMARY KEY, a)'),
      db.prepare('CREATE TABLE ri(id INTEGER PRIMARY KEY, a UNIQUE)'),
      db.prepare('INSERT INTO r(a) VALUES(1), (2), (3)'),
    ]);
    return 0;
  }],
  ['scan', (db) => counters(db, 'SELECT * FROM r')],
  ['by key', (db) => counters(db, 'SELECT * FROM r WHERE id = ?', 2)],
  ['count', (db) => counters(db, 'SELECT count(*) FROM r')],
  ['filter', (db) => counters(db, 'SELECT * FROM r WHERE a > 2')],
  ['insert', (db) => counters(db, 'INSERT INTO r(a) VALUES(4)')],
  ['insert with an index', (db) => counters(db, 'INSERT INTO ri(a) VALUES(1), (2)')],
  ['update', (db) => counters(db, 'UPDATE ri SET a = a + 10')],
  ['delete', (db) => counters(db, 'DELETE FROM ri WHERE id = 1')],
  ['create index', (db) => counters(db, 'CREATE INDEX r_a ON r(a)')],
  ['join', (db) => counters(db, 'SELECT * FROM r x, r y')],
  ['create table', (db) => counters(db, 'CREATE TABLE rc(a)')],
  ['drop table', (db) => counters(db, 'DROP TABLE rc')],
];

/** @type {Probe[]} */
const exec = [
  ['one line', (db) => db.exec('SELECT 1').then((r) => r.count)],
  ['two lines', (db) => db.exec('SELECT 1\nSELECT 2').then((r) => r.count)],
  ['members', (db) => db.exec('SELECT 1').then((r) => [Object.keys(r).sort(), typeof r.duration])],
  ['two statements in a line', (db) => db.exec('SELECT 1; SELECT 2').then((r) => r.count)],
  ['blank line between', (db) => db.exec('SELECT 1\n\nSELECT 2').then((r) => r.count)],
  ['spaces around', (db) => db.exec('\n  SELECT 1;\n  SELECT 2;\n\n').then((r) => r.count)],
  ['comment line', (db) => db.exec('-- one\nSELECT 1').then((r) => r.count)],
  ['comment line, indented', (db) => db.exec('SELECT 1\n  -- one\nSELECT 2').then((r) => r.count)],
  ['carriage returns', (db) => db.exec('SELECT 1;\r\nSELECT 2;').then((r) => r.count)],
  ['empty', (db) => db.exec('')],
  ['statement over two lines', (db) => db.exec('SELECT\n1')],
  ['error in line 1', (db) => db.exec('SELEKT')],
  ['error in line 2', (db) => db.exec('SELECT 1\nSELEKT')],
  ['error undoes all', async (db) => {
    await db.exec('CREATE TABLE e(a)\nINSERT INTO e VALUES(1)');
    await db.exec('INSERT INTO e VALUES(2)\nINSERT INTO nope VALUES(1)').catch(() => 0);
    return flat(db, 'SELECT count(*) FROM e');
  }],
  ['with a parameter', (db) => db.exec('SELECT ?')],
  ['cause', (db) => db.exec('SELEKT').catch((e) => [e.name, e.cause?.message])],
];

/** @type {Probe[]} */
const sessions = [
  ['no bookmark at first', (db) => db.withSession().getBookmark()],
  ['a constraint is no bookmark', (db) => db.withSession('first-primary').getBookmark()],
  ['a bookmark after a read', async (db) => {
    const session = db.withSession();
    await session.prepare('SELECT 1').all();
    return /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/.test(session.getBookmark());
  }],
  ['first-primary gets one too', async (db) => {
    const session = db.withSession('first-primary');
    await session.prepare('SELECT 1').all();
    return typeof session.getBookmark();
  }],
  ['bookmarks do not go back', async (db) => {
    const session = db.withSession('first-primary');
    await session.prepare('CREATE TABLE IF NOT EXISTS s(a)').run();
    const before = session.getBookmark();
    await session.batch([session.prepare('INSERT INTO s VALUES(1)')]);
    return before.localeCompare(session.getBookmark()) <= 0;
  }],
  ['a session from a bookmark', async (db) => {
    const one = db.withSession();
    await one.prepare('INSERT INTO s VALUES(2)').run();
    const two = db.withSession(one.getBookmark());
    return [two.getBookmark() === one.getBookmark(), await two.prepare('SELECT count(*) AS n FROM s').first('n')];
  }],
  ['session has no exec', (db) => typeof db.withSession().exec],
  ['errors of a session', (db) => db.withSession().prepare('SELEKT').all()],
  ['batch of a session', (db) => {
    const session = db.withSession();
    return session.batch([session.prepare('SELECT 1 AS a')]).then((r) => r[0].results);
  }],
  ['blank constraint', (db) => db.withSession('  ').getBookmark()],
  ['dump', (db) => db.dump()],
];

/** @type {Probe[]} */
const refused = [
  'BEGIN', 'BEGIN TRANSACTION', 'begin immediate', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT a', 'RELEASE a', 'ROLLBACK TO a',
  '/* x */ BEGIN', 'EXPLAIN BEGIN',
  "ATTACH ':memory:' AS x", "ATTACH DATABASE 'a.db' AS x", 'DETACH main', 'VACUUM', "VACUUM INTO '/tmp/x.db'",
  'PRAGMA journal_mode', 'PRAGMA journal_mode = WAL', 'PRAGMA user_version', 'PRAGMA user_version = 3', 'PRAGMA page_count',
  'PRAGMA database_list', 'PRAGMA busy_timeout', 'PRAGMA writable_schema = ON', 'PRAGMA encoding', 'PRAGMA compile_options',
  'PRAGMA function_list', 'PRAGMA module_list', 'PRAGMA pragma_list', 'PRAGMA cache_size', 'PRAGMA integrity_check',
  'PRAGMA wal_checkpoint', 'PRAGMA mmap_size', 'PRAGMA schema_version', 'PRAGMA query_only', 'PRAGMA trusted_schema', 'PRAGMA nonsense',
  'SELECT * FROM pragma_database_list', 'SELECT * FROM pragma_compile_options',
  'SELECT sqlite_version()', 'SELECT sqlite_source_id()', "SELECT load_extension('x')", 'SELECT sqlite_compileoption_get(0)',
  "SELECT sqlite_compileoption_used('THREADSAFE')", 'SELECT fts3_tokenizer(1)', "SELECT writefile('a', 'b')", "SELECT readfile('/etc/passwd')", "SELECT edit('a')",
  "SELECT sqlite_log(1, 'x')", 'SELECT sqlite_offset(a) FROM shape', "SELECT unknown('x')",
  'CREATE TEMP TABLE tt(a)', 'CREATE TEMPORARY VIEW tv AS SELECT 1', 'CREATE TABLE temp.tt(a)', 'SELECT * FROM sqlite_temp_schema',
  'CREATE TABLE sqlite_x(a)', 'CREATE TABLE _cf_x(a)', 'SELECT * FROM _cf_KV', 'SELECT * FROM _cf_METADATA', 'DROP TABLE _cf_KV', 'ALTER TABLE shape RENAME TO _cf_shape',
  'SELECT * FROM dbstat', 'SELECT * FROM sqlite_dbpage', 'SELECT * FROM sqlite_stmt', "SELECT * FROM bytecode('SELECT 1')", 'SELECT * FROM generate_series(1, 3)',
  "CREATE VIRTUAL TABLE vc USING csv(filename='/etc/passwd')", 'CREATE VIRTUAL TABLE v3 USING fts3(a)', 'CREATE VIRTUAL TABLE v4 USING fts4(a)', 'CREATE VIRTUAL TABLE vs USING dbstat',
  "INSERT INTO sqlite_schema VALUES('table', 'x', 'x', 0, 'x')", 'UPDATE sqlite_schema SET sql = NULL', 'DELETE FROM sqlite_master',
].map((sql) => [sql, (db) => named(db, sql)]);

/** @type {Probe[]} */
const allowed = [
  'PRAGMA table_list(shape)', 'PRAGMA table_info(u)', "PRAGMA table_info('u')", 'PRAGMA main.table_info(u)', 'PRAGMA table_info = u', 'PRAGMA table_xinfo(pk)', 'PRAGMA index_list(u)', 'PRAGMA index_info(shape_i)',
  'PRAGMA index_xinfo(shape_i)', 'PRAGMA foreign_key_list(u)', 'PRAGMA foreign_key_check', 'PRAGMA quick_check', 'PRAGMA optimize',
  'PRAGMA page_size', 'PRAGMA page_size = 8192', 'PRAGMA foreign_keys', 'PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys', 'PRAGMA defer_foreign_keys',
  'PRAGMA case_sensitive_like = ON', 'PRAGMA ignore_check_constraints = ON', 'PRAGMA legacy_alter_table', 'PRAGMA recursive_triggers',
  'PRAGMA reverse_unordered_selects', 'PRAGMA TABLE_INFO(pk)',
  "SELECT name FROM pragma_table_info('pk')", "SELECT name FROM pragma_table_xinfo('pk')", "SELECT name FROM pragma_index_list('u')",
  "SELECT \"table\" FROM pragma_foreign_key_list('u')", "SELECT name FROM pragma_table_list WHERE name = 'pk'",
  'EXPLAIN QUERY PLAN SELECT * FROM u', 'EXPLAIN QUERY PLAN SELECT * FROM u WHERE id = 1', 'REINDEX', 'ANALYZE', 'VALUES (1, 2), (3, 4)',
  'SELECT sqrt(4), pow(2, 3), pi() > 3, ln(1), floor(1.5), mod(7, 3)', "SELECT json('{\"a\":1}'), json_extract('[1,2]', '$[1]'), '[1]' -> 0, '[1]' ->> 0",
  "SELECT * FROM json_each('[1,2]')", "SELECT key, value FROM json_tree('{\"a\":[1]}')", "SELECT json_group_array(a) FROM shape WHERE a < 5",
  "SELECT json_valid('{}'), json_type('[]'), json_quote('a'), json_patch('{}', '{\"a\":1}')", "SELECT hex(jsonb('[1]'))",
  "SELECT date('2024-02-29', '+1 year'), strftime('%Y', 0, 'unixepoch'), unixepoch('1970-01-02'), julianday('2000-01-01')",
  "SELECT upper('ä'), lower('Ä'), trim(' a '), replace('aa', 'a', 'b'), instr('abc', 'b'), unicode('a'), char(65), quote('a''b')",
  "SELECT printf('%05.2f|%s|%d', 1.5, 'a', 3), format('%,d', 1234567)", "SELECT coalesce(NULL, 1), ifnull(NULL, 2), nullif(1, 1), iif(1, 2, 3)",
  "SELECT typeof(randomblob(2)), random() IS NOT NULL, length(hex(randomblob(4)))", "SELECT 'a' LIKE 'A', 'a' GLOB 'A', 'a' REGEXP 'a'", "SELECT 'a' MATCH 'a'",
  "SELECT group_concat(a, '-') FROM shape WHERE a < 8", "SELECT string_agg(a, '-') FROM shape WHERE a < 8", 'SELECT sum(a), total(a), avg(a), min(a), max(a), count(*) FROM shape WHERE a < 8',
  'SELECT a, row_number() OVER (ORDER BY a), lag(a) OVER (ORDER BY a) FROM shape WHERE a < 8', 'SELECT median(a) FROM shape', "SELECT concat('a', 1), concat_ws('-', 'a', 'b'), octet_length('ä'), unhex('41')",
  "SELECT soundex('a')", "SELECT timediff('2024-01-02', '2024-01-01')", 'SELECT last_insert_rowid() >= 0, changes() >= 0, total_changes() >= 0',
  'SELECT current_timestamp IS NOT NULL, current_date IS NOT NULL', "SELECT likelihood(1, 0.5), likely(1), unlikely(0)", 'SELECT sign(-3), abs(-3), round(2.567, 1), max(1, 2), min(1, 2)', "SELECT glob('a*', 'abc'), like('a%', 'abc')",
  "SELECT 'a' COLLATE NOCASE = 'A', 'a ' COLLATE RTRIM = 'a'", 'SELECT 1 IS NOT DISTINCT FROM 1, TRUE, FALSE, 0x10, 1_000', 'SELECT zeroblob(10)', 'CREATE TABLE generated(a, b AS (a + 1) STORED)',
  'INSERT INTO generated(a) VALUES(1) RETURNING b', 'CREATE VIEW v AS SELECT a FROM shape', 'SELECT count(*) > 0 FROM v', 'DROP VIEW v',
  'CREATE VIRTUAL TABLE ft USING fts5(body)', "INSERT INTO ft VALUES('hello world')", "SELECT highlight(ft, 0, '<', '>'), bm25(ft) < 0 FROM ft WHERE ft MATCH 'hello'", "SELECT snippet(ft, 0, '<', '>', '…', 3) FROM ft('world')",
  "INSERT INTO ft(ft) VALUES('optimize')", 'CREATE VIRTUAL TABLE fv USING fts5vocab(ft, row)', 'SELECT term FROM fv', 'CREATE VIRTUAL TABLE rt USING rtree(id, a, b)', 'INSERT INTO rt VALUES(1, 0.0, 1.0)', 'SELECT * FROM rt WHERE a <= 0.5',
  "SELECT name FROM sqlite_schema WHERE name = 'u'", "SELECT type FROM sqlite_master WHERE name = 'shape_i'", 'SELECT count(*) FROM sqlite_sequence', 'CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT)', 'INSERT INTO auto DEFAULT VALUES', 'SELECT * FROM sqlite_sequence',
  'SELECT count(*) > 0 FROM sqlite_stat1', 'ALTER TABLE generated RENAME TO renamed', 'ALTER TABLE renamed RENAME COLUMN a TO aa', 'ALTER TABLE renamed DROP COLUMN b', 'DROP TABLE IF EXISTS nope', 'SELECT 1 WHERE 0',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n', 'SELECT * FROM (VALUES (1), (2)) ORDER BY 1 DESC', 'SELECT 1 UNION SELECT 2 INTERSECT SELECT 2', 'DELETE FROM auto WHERE id = 99 RETURNING id', 'SELECT a FROM shape ORDER BY a NULLS LAST LIMIT 1',
].map((sql, i, all) => [all.indexOf(sql) === i ? sql : `${sql} (again)`, (db) => named(db, sql)]);

/** @type {Probe[]} */
const limits = [
  ['100 columns', (db) => db.prepare(`CREATE TABLE wide100(${times(100, (i) => `c${i}`).join()})`).run().then((r) => r.success)],
  ['101 columns', (db) => db.prepare(`CREATE TABLE wide101(${times(101, (i) => `c${i}`).join()})`).run()],
  ['101 result columns', (db) => db.prepare(`SELECT ${times(101, () => '1').join()}`).raw().then((r) => r[0].length)],
  ['SQL of 100,000 bytes', (db) => db.prepare(`SELECT '${x(100_000 - 9)}'`).first().then((r) => Object.keys(r).length)],
  ['SQL of 100,001 bytes', (db) => db.prepare(`SELECT '${x(100_001 - 9)}'`).first()],
  ['LIKE pattern of 50', (db) => flat(db, `SELECT 'a' LIKE '${x(50)}'`)],
  ['LIKE pattern of 51', (db) => flat(db, `SELECT 'a' LIKE '${x(51)}'`)],
  ['GLOB pattern of 51', (db) => flat(db, `SELECT 'a' GLOB '${x(51)}'`)],
  ['5 terms', (db) => rows(db, times(5, (i) => `SELECT ${i}`).join(' UNION ALL ')).then((r) => r.length)],
  ['6 terms', (db) => rows(db, times(6, (i) => `SELECT ${i}`).join(' UNION ALL '))],
  ['500 rows of VALUES', (db) => rows(db, `VALUES ${times(500, (i) => `(${i})`).join()}`).then((r) => r.length)],
  ['depth of 100', (db) => flat(db, `SELECT ${times(99, () => '1').join('+')}`)],
  ['depth of 101', (db) => flat(db, `SELECT ${times(102, () => '1').join('+')}`)],
  ['32 arguments', (db) => flat(db, `SELECT max(${times(32, (i) => i).join()})`)],
  ['127 arguments', (db) => flat(db, `SELECT max(${times(127, (i) => i).join()})`)],
  ['128 arguments', (db) => flat(db, `SELECT max(${times(128, (i) => i).join()})`)],
  ['text of 2 MB', (db) => flat(db, 'SELECT length(?)', x(2_000_000))],
  ['text over 4 MiB', (db) => flat(db, 'SELECT length(?)', x(4 * 1024 * 1024 + 1))],
  ['zeroblob over 4 MiB', (db) => flat(db, 'SELECT length(zeroblob(4194305))')],
  ['replace past 4 MiB', (db) => flat(db, "SELECT length(replace(hex(zeroblob(1000000)), '0', 'abcdef'))")],
  ['recursive trigger', async (db) => {
    await db.batch([
      db.prepare('CREATE TABLE deep(a)'),
      db.prepare('CREATE TRIGGER deep_t AFTER INSERT ON deep WHEN new.a < 100 BEGIN INSERT INTO deep VALUES(new.a + 1); END'),
    ]);
    await db.prepare('INSERT INTO deep VALUES(1)').run();
    return flat(db, 'SELECT count(*) FROM deep');
  }],
  ['recursive trigger when asked', (db) =>
    db.batch([db.prepare('PRAGMA recursive_triggers = ON'), db.prepare('INSERT INTO deep VALUES(1)')]).then((r) => r.length)],
  ['1,000 statements in a batch', (db) => db.batch(times(1_000, () => db.prepare('SELECT 1'))).then((r) => r.length)],
  ['row of 4 values of 1 MB', (db) => flat(db, 'SELECT length(zeroblob(1000000)), length(zeroblob(1000000)), length(zeroblob(1000000))')],
];

/** Where D1 itself fails and starts the database's object anew; last, because that forgets what a connection knows. */
/** @type {Probe[]} */
const faults = [
  ['trigger ROLLBACK', (db) => db.prepare("INSERT INTO u(e, k) VALUES('t', 'rollback')").run()],
  ['INSERT OR ROLLBACK', (db) => db.prepare("INSERT OR ROLLBACK INTO u(id, e) VALUES(1, 'z')").run()],
  ['deferred foreign keys that stay broken', (db) =>
    db.batch([db.prepare('PRAGMA defer_foreign_keys = ON'), db.prepare("INSERT INTO u(e, p) VALUES('broken', 78)")])],
];

/** All probes, with their group before their name. */
export const probes = Object.entries({
  parameters, values, shapes, 'several statements': severalStatements, errors, meta: metas, 'row counters': rowCounters,
  exec, sessions, refused, allowed, limits, faults,
}).flatMap(([group, list]) => list.map(([name, ask]) => /** @type {Probe} */ ([`${group}: ${name}`, ask])));

/**
 * Asks everything, in order.
 *
 * @param {D1Database} db
 * @returns {Promise<[name: string, answer: string][]>}
 */
export async function askAll(db) {
  const answers = [];
  for (const [name, ask] of probes) answers.push([name, await answer(ask, db)]);
  return answers;
}

async function answer(ask, db) {
  try {
    return shown(await ask(db));
  } catch (e) {
    return `fails: ${e.message.replace(/(reference = )\w+/, '$1…')}`;
  }
}

const SHOWN_MAX = 400;

function shown(value) {
  const text = JSON.stringify(value, (_, v) => (v === undefined ? '(undefined)' : v)) ?? 'undefined';
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}… (${text.length})` : text;
}
