package dev.burgage.node.http;

import dev.burgage.node.backup.BackupRoom;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.binding.Bindings;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.files.DiskFailure;
import dev.burgage.node.files.Templates;
import dev.burgage.node.history.DatabaseHistory;
import dev.burgage.node.history.Pasts;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.migrate.Migrator;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.recover.Beginnings;
import dev.burgage.node.recover.Recovery;
import dev.burgage.node.transfer.TransferFiles;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseFiles.DatabaseFile;
import dev.burgage.protocol.node.QuarantinedDatabases;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The control plane's orders to this node (`/node/v1/…`): each may be repeated and then changes
/// nothing.
final class OrderRoutes implements HttpService {
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(35);
  private static final int FILES_DEFAULT = 1_000;

  private final Tokens tokens;
  private final Bodies bodies;
  private final BindingTable table;
  private final Bindings bindings;
  private final Storage storage;
  private final Migrator migrator;

  /// Where databases are kept and opened, or not.
  record Storage(
      DatabaseFiles files,
      Templates templates,
      OpenDatabases open,
      TransferFiles transfers,
      BackupRoom backups,
      Dormant dormant,
      Quarantine quarantine,
      CommitLog log,
      DatabaseHistory history,
      Pasts pasts,
      Recovery recovery,
      Beginnings beginnings) {}

  OrderRoutes(
      Tokens tokens,
      Bodies bodies,
      BindingTable table,
      Bindings bindings,
      Storage storage,
      Migrator migrator) {
    this.bodies = bodies;
    this.tokens = tokens;
    this.table = table;
    this.bindings = bindings;
    this.storage = storage;
    this.migrator = migrator;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.put("/templates/{id}", order(this::addTemplate));
    rules.put("/databases/{database}/{generation}", order(this::create));
    rules.delete("/databases/{database}/{generation}", order(this::delete));
    rules.post("/databases/{database}/{generation}/trash", order(this::trash));
    rules.post("/databases/{database}/{generation}/release", order(this::release));
    rules.get("/databases", order(this::list));
    rules.get("/quarantine", order(this::quarantine));
    rules.get("/position", order(this::position));
  }

  /// Carries an order out.
  @FunctionalInterface
  interface Order {
    void run(ServerRequest request, ServerResponse response) throws IOException;
  }

  private Handler order(Order order) {
    return order(tokens, order);
  }

  /// Only for the control plane.
  static Handler order(Tokens tokens, Order order) {
    return (request, response) -> {
      try {
        tokens.checkOrder(request);
        order.run(request, response);
      } catch (IOException | UncheckedIOException e) {
        Answers.problem(response, DiskFailure.of(e));
      } catch (RuntimeException e) {
        Answers.problem(response, e);
      }
    };
  }

  private void addTemplate(ServerRequest request, ServerResponse response) {
    String id = request.path().pathParameters().get("id");
    migrator.addTemplate(id, bodies.read(request, Template.class));
    Answers.empty(response);
  }

  private void create(ServerRequest request, ServerResponse response) throws IOException {
    DatabaseIdentity identity = identity(request);
    CreateDatabase order = bodies.read(request, CreateDatabase.class);
    if (order.source() != null) {
      Answers.json(response, Json.bytes(storage.history().fork(identity, order.source())));
      return;
    }
    storage
        .files()
        .create(
            identity.database(), identity.generation(), storage.templates().get(order.template()));
    storage.beginnings().begin(identity); // or, if this node dies before, the first use does it
    Answers.json(response, Json.bytes(new CreateDatabase.Created(/* schemaVersion= */ null)));
  }

  private void delete(ServerRequest request, ServerResponse response) throws IOException {
    DatabaseIdentity identity = closed(identity(request));
    Path file = storage.files().path(identity.database(), identity.generation());
    storage.recovery().requireForDeletion(identity, CLOSE_WAIT.toMillis());
    DatabaseLog.delete(storage.log(), identity.database(), identity.generation(), file);
    storage.files().delete(identity.database(), identity.generation());
    storage.transfers().delete(identity.database());
    storage.pasts().delete(identity.database());
    storage.dormant().clear(List.of(identity));
    storage.quarantine().release(identity.database());
    // The last, so that a store that does not answer keeps nothing else; the order is repeated.
    storage.backups().delete(identity.database());
    Answers.empty(response);
  }

  private void trash(ServerRequest request, ServerResponse response) throws IOException {
    DatabaseIdentity identity = closed(identity(request));
    storage.files().moveToTrash(identity.database(), identity.generation());
    Answers.empty(response);
  }

  private void release(ServerRequest request, ServerResponse response) throws IOException {
    storage.quarantine().release(identity(request).database());
    Answers.empty(response);
  }

  private void quarantine(ServerRequest request, ServerResponse response) {
    Answers.json(response, Json.bytes(new QuarantinedDatabases(storage.quarantine().list())));
  }

  private DatabaseIdentity closed(DatabaseIdentity identity) {
    try {
      if (storage.open().closeNow(identity, CLOSE_WAIT)) {
        return identity;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new BurgageException(
        ErrorCode.OVERLOADED,
        "Database %s is still in use; ask again.".formatted(identity.database()));
  }

  private void list(ServerRequest request, ServerResponse response) throws IOException {
    DatabaseId after = request.query().first("after").map(DatabaseId::parse).orElse(null);
    int limit = request.query().first("limit").map(Integer::parseInt).orElse(FILES_DEFAULT);
    List<DatabaseFile> page =
        storage.files().list(after, limit).stream()
            .map(f -> new DatabaseFile(f.database(), f.generation(), f.age().toMillis()))
            .toList();
    Answers.json(response, Json.bytes(new dev.burgage.protocol.node.DatabaseFiles(page)));
  }

  private void position(ServerRequest request, ServerResponse response) {
    Revision wanted = QueryRoutes.revision(request);
    if (wanted != null) {
      bindings.awaitRevision(wanted);
    }
    Answers.json(
        response, Json.bytes(new Acknowledgement(table.revision(), table.tokensEdition())));
  }

  private static DatabaseIdentity identity(ServerRequest request) {
    var parameters = request.path().pathParameters();
    return new DatabaseIdentity(
        DatabaseId.parse(parameters.get("database")), Long.parseLong(parameters.get("generation")));
  }
}
