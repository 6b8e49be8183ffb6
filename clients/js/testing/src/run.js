// Runs the workspace's tests against one real Burgage: `npm test`, or `npm test -- d1-pool` for one package. With
// `--results=FILE` a line of JSON for each test goes there, too.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBurgage } from './burgage.js';
import { modernNode } from './nodes.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = new URL('./results-reporter.js', import.meta.url).href;
/** Runs with the Node that is there; the rest needs the one of newest miniflare. */
const ANY_NODE = ['d1-pool'];
const MODERN_NODE = ['miniflare', 'workerd', 'pool-worker', 'compatibility'];

const { values: options, positionals } = parseArgs({ options: { results: { type: 'string' } }, allowPositionals: true });
process.exitCode = await main(positionals);

async function main(only) {
  const wanted = (folders) => folders.filter((folder) => only.length === 0 || only.includes(folder)).flatMap(tests);
  const modern = modernNode();
  const started = process.env.BURGAGE_TEST_URL ? undefined : await startBurgage();
  // The same tools start dozens of times; what V8 made of their code is kept.
  const env = { NODE_COMPILE_CACHE: join(WORKSPACE, 'node_modules', '.cache', 'node'), ...process.env };
  if (started) Object.assign(env, { BURGAGE_TEST_URL: started.url, BURGAGE_TEST_TOKEN: started.token });
  try {
    let status = await run(process.execPath, wanted(ANY_NODE), env);
    if (modern) {
      status ||= await run(modern, wanted(MODERN_NODE), env);
    } else {
      console.log(`left out: ${MODERN_NODE.join(', ')}; they need Node 22.12 or newer, this is ${process.version}`);
      if (process.env.CI === 'true') status ||= 1;
    }
    return status;
  } finally {
    await started?.stop();
  }
}

function tests(folder) {
  return readdirSync(join(WORKSPACE, folder, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => relative(WORKSPACE, join(WORKSPACE, folder, 'test', file)))
    .sort();
}

function run(node, files, env) {
  if (files.length === 0) return 0;
  return new Promise((resolve) => {
    const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
    if (options.results) reporters.push(`--test-reporter=${RESULTS}`, `--test-reporter-destination=${options.results}`);
    const child = spawn(node, ['--test', '--test-concurrency=1', ...reporters, ...files], { cwd: WORKSPACE, env, stdio: 'inherit' });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
