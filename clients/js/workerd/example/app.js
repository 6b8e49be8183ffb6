export default {
  async fetch(request, env) {
    const tenant = new URL(request.url).pathname.slice(1);
    const db = env.DB_POOL.get(tenant);
    return Response.json((await db.prepare('SELECT 1 AS one').all()).results);
  },
};
