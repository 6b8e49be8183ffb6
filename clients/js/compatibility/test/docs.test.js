import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { goldenSection, PAGE } from '../src/section.js';

// While the list is written anew, the page follows only afterwards.
test('docs/compatibility.md tells what differs today', { skip: Boolean(process.env.GOLDEN_WRITE) }, () => {
  assert.ok(
    readFileSync(PAGE, 'utf8').includes(goldenSection()),
    'docs/compatibility.md is out of date: npm run compatibility -- --write',
  );
});
