import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { probes } from '../golden/probes.js';
import { knownDifferences } from './golden.js';
import { COMMANDS, LIBRARIES, RUNTIMES, SUITES } from './matrix.js';

const BEGIN = '<!-- made by `npm run compatibility -- --write` in clients/js -->';
const END = '<!-- end of what is made -->';
export const PAGE = new URL('../../../../docs/compatibility.md', import.meta.url);
const CELL_MAX = 70;

/** The page with another section in the place of the one that was made before. */
export function withSection(page, section) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/compatibility.md has no place for results, between ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${section}\n${page.slice(end)}`;
}

/** The part that needs no results: what differs from D1, and why. */
export function goldenSection() {
  const groups = knownDifferences();
  const different = groups.reduce((sum, { differences }) => sum + differences.length, 0);
  const rows = groups.map(({ reason, differences: [example, ...more] }) => [
    reason,
    String(1 + more.length),
    code(example.probe),
    code(example.d1),
    code(example.burgage),
  ]);
  return `### Answer by answer

${probes.length} questions to D1 of workerd ${version('workerd')} and to Burgage, through D1's own class and through the plain client:
${probes.length - different} answers are the same, to the letter. The others, with both answers, are in
\`clients/js/compatibility/golden/differences.json\`; one that is not listed there fails the build.

${table(['what differs', 'answers', 'for example', 'D1', 'here'], rows)}`;
}

/** @param {{file: string, path: string[], passed: boolean}[]} results */
export function resultsSection(results) {
  const of = (file, ...path) =>
    results.filter((result) => result.file.endsWith(`/${file}`) && path.every((name) => result.path.includes(name)));
  const said = (found) => {
    const passed = found.filter((result) => result.passed).length;
    if (found.length === 0) return 'not tried';
    return passed === found.length ? 'works' : `${passed} of ${found.length} tests pass`;
  };
  const libraries = LIBRARIES.packages.map((name) => [
    `${name} ${version(name)}`,
    ...Object.values(LIBRARIES.columns).map((test) => said(of(LIBRARIES.file, name, test))),
  ]);
  const runtimes = RUNTIMES.map(({ package: of_, name, file, suite, what }) => [
    `${name} ${version(of_)}`,
    what,
    said(of(file, ...(suite ? [suite] : []))),
  ]);
  const commands = COMMANDS.tests.map((name) => [
    name.replace(/^[\w-]+( [\w-]+)?( --\w+)?/, '`$&`'),
    ...COMMANDS.wranglers.map((wrangler) =>
      COMMANDS.missing[name]?.includes(wrangler) ? 'no such command' : said(of(COMMANDS.file, wrangler, name))),
  ]);
  const suites = SUITES.map(({ name, on, file }) => [name, on, said(of(file))]);
  return `### Other people's clients

Unchanged, each does on Burgage what it does on D1, and sees the same.

${table(['library', ...Object.keys(LIBRARIES.columns)], libraries)}

${table(['runs on', 'what is tried', 'result'], runtimes)}

### wrangler's commands

Each with \`--remote\`, as it comes from npm: [cloudflare.md](cloudflare.md) says how to point it here.

${table(['command', ...COMMANDS.wranglers.map((name) => `wrangler ${version(name)}`)], commands)}

### Other people's tests

${table(['suite', 'on', 'result'], suites)}

Numbers of rows (\`rows_read\`, \`rows_written\`) are not compared there; what differs in them stands below.`;
}

/** The version that is installed, below whichever package has it. What npm carries for one platform may be missing. */
function version(name) {
  for (const folder of ['../package.json', '../../testing/package.json']) {
    const below = createRequire(new URL(folder, import.meta.url));
    for (const path of below.resolve.paths(name)) {
      try {
        return JSON.parse(readFileSync(`${path}/${name}/package.json`, 'utf8')).version;
      } catch {
        // Not in this folder.
      }
    }
  }
  return '(not carried for this platform)';
}

function code(text) {
  const said = text.replace(/^fails: (?:D1_ERROR: )?/, '');
  const shown = said.length > CELL_MAX ? `${said.slice(0, CELL_MAX)}…` : said;
  return `\`${shown.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
