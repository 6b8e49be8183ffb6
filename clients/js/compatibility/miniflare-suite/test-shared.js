// What the suite takes from the other tests of miniflare.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function utf8Encode(text) {
  return new TextEncoder().encode(text);
}

export async function useTmp() {
  const folder = await mkdtemp(join(tmpdir(), 'burgage-miniflare-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function useDispose(miniflare) {
  onTestFinished(() => miniflare.dispose());
}
