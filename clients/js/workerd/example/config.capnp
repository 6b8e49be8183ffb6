# Self-hosted workerd with env.DB_POOL: `npx workerd serve config.capnp`, then http://127.0.0.1:8080/acme.
# In a project of its own, embed "node_modules/@burgage/workerd/src/pool.js".
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    # Where Burgage is. For https: external = (address = "burgage.example.com:443", https = (options = (),
    # tlsOptions = (trustBrowserCas = true), certificateHost = "burgage.example.com")).
    (name = "burgage", external = (address = "127.0.0.1:8787", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "app")],
  # Only an internal module may import workerd's own D1 class.
  extensions = [(modules = [(name = "burgage:pool", internal = true, esModule = embed "../src/pool.js")])],
);

const app :Workerd.Worker = (
  modules = [(name = "app.js", esModule = embed "app.js")],
  compatibilityDate = "2026-04-01",
  bindings = [
    (name = "DB_POOL", wrapped = (moduleName = "burgage:pool", innerBindings = [
      (name = "server", service = "burgage"),
      (name = "url", text = "http://127.0.0.1:8787/v1/pools/shop"),
      (name = "token", fromEnvironment = "BURGAGE_TOKEN"),
    ])),
  ],
);
