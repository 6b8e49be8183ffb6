import { d1Error, Failure } from './failure.js';
import { wireValue } from './parameters.js';

const QUERY = '/query?resultsFormat=ROWS_AND_COLUMNS';
const EXECUTE = '/execute?resultsFormat=NONE';
const FIRST_PRIMARY = 'first-primary';
const FIRST_UNCONSTRAINED = 'first-unconstrained';

/**
 * @typedef {import('./transport.js').Transport} Transport
 * @typedef {import('./transport.js').Query} Query
 * @typedef {import('./transport.js').WireResult} WireResult
 */

/** Statements of one tenant that share a bookmark, or that ask for none (`bookmark` null from the start). */
class Session {
  #transport;
  #tenant;
  #sessionless;
  /** @type {string | null} */
  #bookmark;

  /**
   * @param {Transport} transport
   * @param {string} tenant
   * @param {string | null} bookmark a constraint, a bookmark, or null for no session
   */
  constructor(transport, tenant, bookmark) {
    this.#transport = transport;
    this.#tenant = tenant;
    this.#sessionless = bookmark === null;
    this.#bookmark = bookmark;
  }

  /** @param {string} sql */
  prepare(sql) {
    return new Statement(this, sql, []);
  }

  /** @param {any[]} statements */
  async batch(statements) {
    const queries = statements.map(({ statement, params }) => ({ sql: statement, params }));
    return (await this.send(QUERY, queries)).map(withObjects);
  }

  /** The newest bookmark of all answers so far. A constraint is none. */
  getBookmark() {
    return this.#bookmark === FIRST_PRIMARY || this.#bookmark === FIRST_UNCONSTRAINED ? null : this.#bookmark;
  }

  /**
   * @param {string} endpoint
   * @param {Query | Query[]} body
   * @param {(failure: Failure) => Error} [asError]
   * @returns {Promise<WireResult[]>}
   */
  async send(endpoint, body, asError = (failure) => failure.as('D1_ERROR')) {
    try {
      const answer = await this.#transport.send(this.#tenant, endpoint, body, this.#bookmark);
      this.#advance(answer.bookmark);
      return answer.results;
    } catch (failure) {
      throw failure instanceof Failure ? asError(failure) : failure;
    }
  }

  // Answers of statements that ran side by side come in any order; bookmarks sort by time.
  /** @param {string | null} seen */
  #advance(seen) {
    if (this.#sessionless || !seen) return;
    const held = this.getBookmark();
    if (held === null || held < seen) this.#bookmark = seen;
  }
}

/** One statement with its bound values. Immutable: `bind` makes another. */
class Statement {
  #session;

  /**
   * @param {Session} session
   * @param {string} statement
   * @param {unknown[]} params
   */
  constructor(session, statement, params) {
    this.#session = session;
    this.statement = statement;
    this.params = params;
  }

  /** @param {unknown[]} values */
  bind(...values) {
    return new Statement(this.#session, this.statement, values.map(wireValue));
  }

  async all() {
    return withObjects(await this.#one(QUERY));
  }

  async run() {
    return withObjects(await this.#one(EXECUTE));
  }

  /** @param {string} [column] */
  async first(column) {
    const [row] = withObjects(await this.#one(QUERY)).results;
    if (row === undefined) return null;
    if (column === undefined) return row;
    if (row[column] === undefined) {
      throw d1Error('D1_COLUMN_NOTFOUND', `Column not found (${column})`, { cause: new Error('Column not found') });
    }
    return row[column];
  }

  /**
   * @param {{columnNames?: boolean}} [options]
   * @returns {Promise<any>}
   */
  async raw(options) {
    const { columns, rows } = (await this.#one(QUERY)).results;
    return options?.columnNames ? [columns, ...rows] : rows;
  }

  /** @param {string} endpoint */
  async #one(endpoint) {
    const [result] = await this.#session.send(endpoint, { sql: this.statement, params: this.params });
    return result;
  }
}

/** A tenant's database: the surface of D1's binding. */
export class Database {
  #transport;
  #tenant;
  #always;

  /**
   * @param {Transport} transport
   * @param {string} tenant
   */
  constructor(transport, tenant) {
    this.#transport = transport;
    this.#tenant = tenant;
    this.#always = new Session(transport, tenant, null);
  }

  /** @param {string} sql */
  prepare(sql) {
    return this.#always.prepare(sql);
  }

  /** @param {any[]} statements */
  async batch(statements) {
    return this.#always.batch(statements);
  }

  /**
   * Runs each line as a statement of its own, all in one transaction. A statement can't span lines, as on D1.
   *
   * @param {string} sql
   */
  async exec(sql) {
    const lines = sql.trim().split('\n');
    const asError = (/** @type {Failure} */ failure) =>
      // Always line 1, because one failure answers for the whole: D1's own words.
      new Failure(`Error in line 1: ${lines[0]}: ${failure.message}`, failure).as('D1_EXEC_ERROR');
    const results = await this.#always.send(EXECUTE, lines.map((line) => ({ sql: line, params: [] })), asError);
    return { count: results.length, duration: results.reduce((sum, { meta }) => sum + meta.duration, 0) };
  }

  /** @param {string} [constraintOrBookmark] */
  withSession(constraintOrBookmark) {
    return new Session(this.#transport, this.#tenant, constraintOrBookmark?.trim() || FIRST_UNCONSTRAINED);
  }

  /** D1 has it for the databases of its alpha only; an export of the tenant does what it did. */
  async dump() {
    throw d1Error('D1_DUMP_ERROR', 'Status + 404', { cause: new Error('Status 404') });
  }
}

/**
 * The row shape of D1's `all()`: of columns with the same name the last one stays.
 *
 * @param {WireResult} result
 */
function withObjects({ meta, results }) {
  if (Array.isArray(results)) return { success: /** @type {const} */ (true), meta, results };
  const { columns, rows } = results;
  return {
    success: /** @type {const} */ (true),
    meta,
    results: rows.map((/** @type {unknown[]} */ row) => Object.fromEntries(row.map((cell, i) => [columns[i], cell]))),
  };
}
