/** A pool's databases, by tenant: `env.DB_POOL`. */
export declare class D1Pool {
  constructor(options: D1PoolOptions);

  /**
   * The tenant's database. Nothing is sent until a statement runs.
   *
   * @throws TypeError if the id breaks the rule for tenant ids
   */
  get(tenant: string): D1Database;

  /** The newest revision that this pool has seen; empty before the first. */
  get revision(): string;

  /**
   * Every query after this waits, within bounds, until its node has seen that revision.
   *
   * @param revision of an answer about the tenant, for example that of its creation
   */
  seen(revision: string): void;
}

export interface D1PoolOptions {
  /** Of the pool: `http://127.0.0.1:8787/v1/pools/shop`. May be left out with a `fetcher`. */
  url?: string | URL;
  /** Sent as `Authorization: Bearer …`. May be left out with a `fetcher` that adds it. */
  token?: string;
  /** What sends requests, such as a service binding to the pool Worker; the global `fetch` unless given. */
  fetcher?: { fetch(input: string, init?: any): Promise<any> };
  /** Milliseconds for repeating what may be repeated; 0 never repeats. Default 5,000. */
  retryFor?: number;
  /** Milliseconds for one whole answer. Default 60,000. */
  timeout?: number;
  /** A revision that was seen before; see {@link D1Pool.seen}. */
  revision?: string;
}

export interface WithPoolOptions {
  /** Name of the binding. Default `DB_POOL`. */
  binding?: string;
  /** Options of the pool; else they come from what is bound, or from `DB_POOL_URL` and `DB_POOL_TOKEN`. */
  pool?: (env: any) => D1PoolOptions;
}

/**
 * A Worker's handler with `env.DB_POOL` in place, wherever it comes from: the miniflare plugin, the workerd extension,
 * a service binding to the pool Worker, or `DB_POOL_URL` and `DB_POOL_TOKEN`.
 */
export declare function withPool<Handler extends object>(handler: Handler, options?: WithPoolOptions): Handler;

// The interfaces of @cloudflare/workers-types, repeated so that this package needs no other. A type test keeps them
// assignable to the originals.

export interface D1Meta {
  duration: number;
  size_after: number;
  rows_read: number;
  rows_written: number;
  last_row_id: number;
  changed_db: boolean;
  changes: number;
  served_by_region?: string;
  served_by_colo?: string;
  served_by_primary?: boolean;
  timings?: { sql_duration_ms: number };
  total_attempts?: number;
}

export interface D1Result<T = unknown> {
  success: true;
  meta: D1Meta & Record<string, unknown>;
  error?: never;
  results: T[];
}

export interface D1ExecResult {
  count: number;
  duration: number;
}

export interface D1PreparedStatement {
  bind(...values: unknown[]): D1PreparedStatement;
  first<T = unknown>(colName: string): Promise<T | null>;
  first<T = Record<string, unknown>>(): Promise<T | null>;
  run<T = Record<string, unknown>>(): Promise<D1Result<T>>;
  all<T = Record<string, unknown>>(): Promise<D1Result<T>>;
  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>;
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>;
}

export interface D1DatabaseSession {
  prepare(query: string): D1PreparedStatement;
  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
  getBookmark(): string | null;
}

export interface D1Database {
  prepare(query: string): D1PreparedStatement;
  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
  exec(query: string): Promise<D1ExecResult>;
  withSession(constraintOrBookmark?: 'first-primary' | 'first-unconstrained' | (string & {})): D1DatabaseSession;
  /** @deprecated only databases of D1's alpha had it */
  dump(): Promise<ArrayBuffer>;
}
