// Real D1 in workerd: one Worker whose binding DB is a D1 database kept on disk.
// usage: node server.mjs <folder> <rows>
import { Miniflare } from "miniflare";

const [folder, rows] = process.argv.slice(2);
const script = `export default {
  async fetch(request, env) {
    const { sql, params } = await request.json();
    return Response.json(await env.DB.prepare(sql).bind(...params).all());
  }
}`;
const miniflare = new Miniflare({
  modules: true,
  script,
  compatibilityDate: "2026-04-01",
  host: "127.0.0.1",
  port: 0,
  d1Databases: { DB: "tenant" },
  d1Persist: folder,
});
const origin = await miniflare.ready;
const db = await miniflare.getD1Database("DB");
const columns = "(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, amount INTEGER NOT NULL, note TEXT NOT NULL)";
await db.exec(`CREATE TABLE item ${columns}`);
await db.exec(`CREATE TABLE entry ${columns}`);
await db
  .prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Number(rows)})
     INSERT INTO item SELECT i, printf('Item %06d', i), printf('item.%06d@example.org', i), i * 37, printf('%0160d', i * 7919) FROM n`,
  )
  .run();
process.on("SIGTERM", () => miniflare.dispose().then(() => process.exit(0)));
console.log(JSON.stringify({ ready: origin.origin }));
