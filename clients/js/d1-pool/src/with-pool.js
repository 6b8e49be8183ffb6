import { D1Pool } from './pool.js';

/**
 * A Worker's handler with `env.DB_POOL` in place.
 *
 * What is bound under the name already decides where the pool comes from: the real class of D1 (the miniflare plugin,
 * the workerd extension) stays as it is; a service binding to the pool Worker is wrapped, so that batch() and with it
 * ORMs work; with nothing bound, DB_POOL_URL and DB_POOL_TOKEN say where the server is.
 *
 * @template {object} Handler
 * @param {Handler} handler
 * @param {import('../index.d.ts').WithPoolOptions} [options]
 * @returns {Handler}
 */
export function withPool(handler, { binding = 'DB_POOL', pool } = {}) {
  if (handler === null || typeof handler !== 'object') {
    throw new TypeError('withPool takes a handler such as { fetch(request, env) {…} }; in a class use new D1Pool(…)');
  }
  /** @type {WeakMap<object, object>} */
  const known = new WeakMap();
  const withBinding = (/** @type {Record<string, any>} */ env) => {
    let extended = known.get(env);
    if (extended === undefined) {
      extended = { ...env, [binding]: pool === undefined ? bound(env, binding) : new D1Pool(pool(env)) };
      known.set(env, extended);
    }
    return extended;
  };
  const members = Object.entries(handler).map(([name, member]) => [
    name,
    typeof member === 'function'
      ? (/** @type {any} */ event, /** @type {any} */ env, /** @type {any} */ context) =>
          member.call(handler, event, withBinding(env), context)
      : member,
  ]);
  return Object.fromEntries(members);
}

/**
 * @param {Record<string, any>} env
 * @param {string} binding
 */
function bound(env, binding) {
  const there = env[binding];
  if (there === undefined) {
    return new D1Pool({ url: env[`${binding}_URL`], token: env[`${binding}_TOKEN`] });
  }
  // Only service bindings have fetch().
  return typeof there.fetch === 'function' ? new D1Pool({ fetcher: there }) : there;
}
