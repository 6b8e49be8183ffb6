import { readFileSync, writeFileSync } from 'node:fs';
import { D1Pool } from '@burgage/d1-pool';
import { askAll } from '../golden/probes.js';
import { D1_BINDING, poolBinding, worker } from './worker.js';

const PROBES = new URL('../golden/probes.js', import.meta.url);
const DIFFERENCES = new URL('../golden/differences.json', import.meta.url);

/**
 * @typedef {{probe: string, d1: string, burgage: string}} Difference
 * @typedef {{reason: string, differences: Difference[]}} Group
 */

/** What real D1 answers, in workerd. */
export function askD1() {
  return askInWorkerd('env.DB', { DB: D1_BINDING });
}

/** What Burgage answers to workerd's own D1 class. */
export function askBurgageInWorkerd(pool, tenant) {
  return askInWorkerd(`env.DB_POOL.get(${JSON.stringify(tenant)})`, { DB_POOL: poolBinding(pool) });
}

/** What Burgage answers to the plain client. */
export async function askBurgageByClient(pool, tenant) {
  return new Map(await askAll(new D1Pool({ url: pool.url, token: pool.token }).get(tenant)));
}

async function askInWorkerd(database, env) {
  const main = `import { askAll } from './probes.js';
export default { async fetch(request, env) { return Response.json(await askAll(${database})); } };`;
  const miniflare = worker({ 'main.js': main, 'probes.js': PROBES }, env);
  try {
    const response = await miniflare.dispatchFetch('http://worker/');
    if (!response.ok) throw new Error(`the Worker answered ${response.status}: ${await response.text()}`);
    return new Map(await response.json());
  } finally {
    await miniflare.dispose();
  }
}

/**
 * @param {Map<string, string>} d1
 * @param {Map<string, string>} burgage
 * @returns {Difference[]}
 */
export function compare(d1, burgage) {
  return [...d1].flatMap(([probe, answer]) => {
    const got = burgage.get(probe);
    return got === answer ? [] : [{ probe, d1: answer, burgage: got }];
  });
}

/** The differences that are known, each group with its reason. @returns {Group[]} */
export function knownDifferences() {
  return JSON.parse(readFileSync(DIFFERENCES, 'utf8'));
}

/**
 * Keeps the reasons of differences that are still there. What is new goes to a group without a reason, which somebody
 * has to give before the tests pass.
 *
 * @param {Difference[]} differences
 */
export function writeDifferences(differences) {
  const groups = knownDifferences().map(({ reason, differences: known }) => ({
    reason,
    differences: differences.filter(({ probe }) => known.some((difference) => difference.probe === probe)),
  }));
  const kept = new Set(groups.flatMap((group) => group.differences));
  const added = differences.filter((difference) => !kept.has(difference));
  const all = [...groups, { reason: '', differences: added }].filter((group) => group.differences.length > 0);
  writeFileSync(DIFFERENCES, `${JSON.stringify(all, null, 2)}\n`);
}
