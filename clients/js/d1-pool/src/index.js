export { D1Pool } from './pool.js';
export { withPool } from './with-pool.js';
