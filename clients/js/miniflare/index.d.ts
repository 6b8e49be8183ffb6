/** Options of a pool's binding: `services[].dev.options` or `unsafe.bindings[].dev.options` of a wrangler file. */
export interface PoolBindingOptions {
  /** Of the pool: `http://127.0.0.1:8787/v1/pools/shop`. Else BURGAGE_POOL_URL. */
  url?: string;
  /** Else BURGAGE_TOKEN, which keeps it out of files. */
  token?: string;
  /** A certificate authority in PEM to trust for https, instead of those that browsers trust. */
  ca?: string;
}

/** Miniflare's external plugins, by name: `burgage`. */
export declare const plugins: { readonly burgage: object };
