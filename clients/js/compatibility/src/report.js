// `npm run compatibility`: runs what judges compatibility, and prints the section of docs/compatibility.md that tells of
// it; with --write puts it there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { goldenSection, PAGE, resultsSection, withSection } from './section.js';

const RUN = fileURLToPath(new URL('../../testing/src/run.js', import.meta.url));
const { values: options } = parseArgs({ options: { write: { type: 'boolean' } } });

const folder = mkdtempSync(join(tmpdir(), 'burgage-compatibility-'));
try {
  const file = join(folder, 'results.jsonl');
  const folders = ['miniflare', 'workerd', 'pool-worker', 'compatibility'];
  const env = { ...process.env, EVERY_WRANGLER: '1' };
  // What differs goes to the list first; a new difference fails the tests until it has a reason.
  if (options.write) env.GOLDEN_WRITE = '1';
  const { status } = spawnSync(process.execPath, [RUN, `--results=${file}`, ...folders], { stdio: ['ignore', 2, 2], env });
  const results = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const section = `${resultsSection(results)}\n\n${goldenSection()}\n`;
  if (options.write) writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), section));
  else console.log(section);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
