import { RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';
import { D1Pool } from '@burgage/d1-pool';

const WIRE_PATH = /^\/tenants\/[A-Za-z0-9][A-Za-z0-9._-]{0,62}\/(?:query|execute)$/;
const PASSED_ON = ['content-type', 'x-cf-d1-session-commit-token', 'burgage-revision'];

/**
 * What other Workers bind as DB_POOL. It alone knows where the server is and the token: variables DB_POOL_URL and
 * DB_POOL_TOKEN, and if the server is in a private network a binding DB_POOL_SERVER that reaches it.
 *
 * A named entrypoint, so that no route and no workers.dev address leads here.
 */
export class DbPool extends WorkerEntrypoint {
  /** The tenant's database over RPC: `await env.DB_POOL.get("acme").prepare(sql).all()`. */
  get(tenant) {
    return new DatabaseTarget(new D1Pool(this.#options()).get(tenant));
  }

  /** D1's wire format, for `new D1Pool({ fetcher: env.DB_POOL })`, which batch() of ORMs needs. */
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (request.method !== 'POST' || !WIRE_PATH.test(pathname)) {
      const error = `the pool Worker takes POST /tenants/{tenant}/query and /execute; got ${request.method} ${pathname}`;
      return Response.json({ success: false, error, code: 'not_found' }, { status: 404 });
    }
    const { url, token, fetcher } = this.#options();
    const headers = new Headers({ authorization: `Bearer ${token}` });
    for (const name of PASSED_ON) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    const target = url.replace(/\/$/, '') + pathname + search;
    return (fetcher ?? globalThis).fetch(target, { method: 'POST', headers, body: await request.arrayBuffer() });
  }

  #options() {
    const { DB_POOL_URL: url, DB_POOL_TOKEN: token, DB_POOL_SERVER: fetcher } = this.env;
    if (!url || !token) {
      throw new TypeError('the pool Worker needs the variables DB_POOL_URL (https://…/v1/pools/<pool>) and DB_POOL_TOKEN');
    }
    return { url, token, fetcher };
  }
}

class DatabaseTarget extends RpcTarget {
  #db;

  constructor(db) {
    super();
    this.#db = db;
  }

  prepare(sql) {
    return new StatementTarget(this.#db.prepare(sql));
  }

  batch(statements) {
    return batch(this.#db, statements);
  }

  exec(sql) {
    return this.#db.exec(sql);
  }

  withSession(constraintOrBookmark) {
    return new SessionTarget(this.#db.withSession(constraintOrBookmark));
  }

  dump() {
    return this.#db.dump();
  }
}

class SessionTarget extends RpcTarget {
  #session;

  constructor(session) {
    super();
    this.#session = session;
  }

  prepare(sql) {
    return new StatementTarget(this.#session.prepare(sql));
  }

  batch(statements) {
    return batch(this.#session, statements);
  }

  getBookmark() {
    return this.#session.getBookmark();
  }
}

class StatementTarget extends RpcTarget {
  #statement;

  constructor(statement) {
    super();
    this.#statement = statement;
  }

  /** For batch(), to which a statement comes back as a stub. */
  get statement() {
    return this.#statement.statement;
  }

  get params() {
    return this.#statement.params;
  }

  bind(...values) {
    return new StatementTarget(this.#statement.bind(...values));
  }

  first(column) {
    return this.#statement.first(column);
  }

  run() {
    return this.#statement.run();
  }

  all() {
    return this.#statement.all();
  }

  raw(options) {
    return this.#statement.raw(options);
  }
}

async function batch(database, stubs) {
  const statements = await Promise.all(stubs.map(async (stub) => ({ statement: await stub.statement, params: await stub.params })));
  return database.batch(statements);
}

/** Nothing is served to the outside. */
export default {
  fetch() {
    return new Response('This Worker serves other Workers only, through a service binding to its entrypoint DbPool.\n', { status: 404 });
  },
};
