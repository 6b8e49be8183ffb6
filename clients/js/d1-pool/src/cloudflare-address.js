// Preloaded into tools that have Cloudflare's address built in (drizzle-kit's d1-http, Prisma's D1 over HTTP): what they
// send to https://api.cloudflare.com goes to CLOUDFLARE_API_BASE_URL instead, whether by fetch or by node:https.
// All else that the process sends is left alone.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const CLOUDFLARE = 'https://api.cloudflare.com';
const PREFIX = '/client/v4';

const base = process.env.CLOUDFLARE_API_BASE_URL;
if (!base || !URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
  // Going on would send statements, and the token, to Cloudflare.
  throw new Error(
    `CLOUDFLARE_API_BASE_URL must be the address of Burgage's /client/v4, such as http://127.0.0.1:8787/client/v4; got ${base ? `"${base}"` : 'nothing'}`,
  );
}

/** @param {URL} url @returns {URL | undefined} where it leads instead; undefined leaves it alone */
function redirected(url) {
  if (url.origin !== CLOUDFLARE) return undefined;
  const below = url.pathname.startsWith(`${PREFIX}/`) ? url.pathname.slice(PREFIX.length) : url.pathname;
  return new URL(/** @type {string} */ (base).replace(/\/+$/, '') + below + url.search);
}

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const asked = input instanceof Request ? new URL(input.url) : URL.canParse(String(input)) ? new URL(String(input)) : undefined;
  const url = asked && redirected(asked);
  if (!url) return fetch(input, init);
  return fetch(input instanceof Request ? new Request(url, input) : url, init);
};

const { request } = https;
/** @param {any[]} args as https.request takes them: a URL, options or both, and what hears the answer */
function redirectedRequest(...args) {
  const first = typeof args[0] === 'string' ? new URL(args[0]) : args[0];
  const [options = {}, heard] = first instanceof URL ? (typeof args[1] === 'function' ? [{}, args[1]] : args.slice(1)) : args;
  const host = options.hostname ?? options.host ?? first.hostname;
  const asked = first instanceof URL && !options.hostname && !options.host ? first : new URL(options.path ?? '/', `https://${host ?? 'localhost'}`);
  const url = redirected(asked);
  if (!url) return request(.../** @type {Parameters<typeof request>} */ (args));
  // What is said of Cloudflare's address and its TLS does not hold for the other.
  const { agent, host: _, hostname, port, path, protocol, servername, headers = {}, ...rest } = options;
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host'));
  return (url.protocol === 'https:' ? request : http.request)(url, { ...rest, headers: kept }, heard);
}
https.request = /** @type {typeof request} */ (redirectedRequest);
https.get = /** @type {typeof https.get} */ ((/** @type {any[]} */ ...args) => {
  const sent = redirectedRequest(...args);
  sent.end();
  return sent;
});
syncBuiltinESMExports();
