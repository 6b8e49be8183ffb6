import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { cell } from '@burgage/testing';
import { askBurgageByClient, askBurgageInWorkerd, askD1, compare, knownDifferences, writeDifferences } from '../src/golden.js';

let pool;
let d1;
before(async () => {
  pool = await cell().pool();
  d1 = await askD1();
});

test('the list is long', () => {
  assert.ok(d1.size >= 400, `${d1.size} probes`);
});

test("workerd's own D1 class gets from Burgage what it gets from D1, but for the listed differences", async () => {
  const differences = compare(d1, await askBurgageInWorkerd(pool, await pool.tenant()));
  if (process.env.GOLDEN_WRITE) writeDifferences(differences);
  const known = knownDifferences();
  for (const { reason, differences: listed } of known) {
    assert.notEqual(reason, '', `give a reason in golden/differences.json for ${listed.map((l) => l.probe).join(', ')}`);
  }
  assert.deepEqual(byProbe(differences), byProbe(known.flatMap((group) => group.differences)));
});

test('the plain client gets the same from Burgage', async () => {
  const differences = compare(d1, await askBurgageByClient(pool, await pool.tenant()));
  assert.deepEqual(byProbe(differences), byProbe(knownDifferences().flatMap((group) => group.differences)));
});

function byProbe(differences) {
  return Object.fromEntries(
    differences
      .map(({ probe, d1: expected, burgage }) => [probe, { d1: expected, burgage }])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
