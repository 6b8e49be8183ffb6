// What adding one D1 database costs when bindings are configuration: a redeploy with one binding more.
// Prints the milliseconds from the redeploy's start until the new binding has answered a query.
// usage: node redeploy.mjs <folder> <databases> <times>
import { Miniflare } from "miniflare";

const [folder, databases, times] = process.argv.slice(2);
const script = `export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    return Response.json(await env[name].prepare("SELECT 1 AS one").all());
  }
}`;
const options = (count) => ({
  modules: true,
  script,
  compatibilityDate: "2026-04-01",
  host: "127.0.0.1",
  port: 0,
  d1Databases: Object.fromEntries(Array.from({ length: count }, (_, i) => [`DB${i}`, `tenant-${i}`])),
  d1Persist: folder,
});
let count = Number(databases);
const miniflare = new Miniflare(options(count));
await miniflare.ready;
const millis = [];
for (let i = 0; i < Number(times); i++) {
  const start = performance.now();
  await miniflare.setOptions(options(++count));
  const answer = await fetch(new URL(`/DB${count - 1}`, await miniflare.ready));
  if (!answer.ok || !(await answer.text()).includes('"one":1')) {
    throw new Error(`the new binding answered ${answer.status}`);
  }
  millis.push(performance.now() - start);
}
console.log(JSON.stringify({ databases: Number(databases), millis }));
await miniflare.dispose();
process.exit(0);
