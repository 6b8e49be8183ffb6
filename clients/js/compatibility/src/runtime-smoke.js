// Run by other runtimes than Node: what the plain client asks of its runtime. Its output is what the test compares.
import process from 'node:process';
import { D1Pool } from '../../d1-pool/src/index.js';

const { POOL_URL: url, POOL_TOKEN: token, TENANT: tenant } = process.env;
const message = (e) => e.message;
const db = new D1Pool({ url, token }).get(tenant);
const seen = [];
seen.push((await db.exec('CREATE TABLE o(id INTEGER PRIMARY KEY, item TEXT, b BLOB)')).count);
seen.push((await db.batch([
  db.prepare('INSERT INTO o(item, b) VALUES(?, ?)').bind('boots', new Uint8Array([1, 2])),
  db.prepare('SELECT * FROM o'),
]))[1].results);
const session = db.withSession('first-primary');
seen.push(await session.prepare('SELECT count(*) AS n FROM o').first('n'), typeof session.getBookmark());
seen.push(await db.prepare('SELECT * FROM nope').all().catch(message));
seen.push(await db.prepare('SELECT * FROM o').raw({ columnNames: true }));
const nobody = new D1Pool({ url: 'http://127.0.0.1:1/v1/pools/none', token, retryFor: 0 }).get('acme');
seen.push(await nobody.prepare('SELECT 1').all().catch(message));
console.log(JSON.stringify(seen));
