// A hand-written Node.js service for one tenant: fastify + better-sqlite3, WAL, synchronous=FULL.
// usage: node server.mjs <folder> <rows>
import Database from "better-sqlite3";
import Fastify from "fastify";
import { join } from "node:path";

const [folder, rows] = process.argv.slice(2);
const db = new Database(join(folder, "tenant.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
const columns = "(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, amount INTEGER NOT NULL, note TEXT NOT NULL)";
db.exec(`CREATE TABLE item ${columns}; CREATE TABLE entry ${columns}`);
db.prepare(
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
   INSERT INTO item SELECT i, printf('Item %06d', i), printf('item.%06d@example.org', i), i * 37, printf('%0160d', i * 7919) FROM n`,
).run(Number(rows));
const read = db.prepare("SELECT id, name, email, amount, note FROM item WHERE id = ?");
const insert = db.prepare("INSERT INTO entry (name, email, amount, note) VALUES (?, ?, ?, ?)");

const app = Fastify({ logger: false });
app.get("/items/:id", (request, reply) => read.get(Number(request.params.id)) ?? reply.code(404).send());
app.post("/entries", (request) => {
  const { name, email, amount, note } = request.body;
  return { id: insert.run(name, email, amount, note).lastInsertRowid };
});
process.on("SIGTERM", () => process.exit(0));
const origin = await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ ready: origin }));
