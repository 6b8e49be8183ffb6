import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

// Where the pool is comes from BURGAGE_POOL_URL and BURGAGE_TOKEN.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.json' } })],
  test: { include: ['pool.spec.js'] },
});
