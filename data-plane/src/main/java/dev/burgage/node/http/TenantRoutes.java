package dev.burgage.node.http;

import dev.burgage.node.backup.BackupRoom;
import dev.burgage.node.binding.Bindings;
import dev.burgage.node.transfer.Exports;
import dev.burgage.node.transfer.TransferFiles;
import dev.burgage.node.transfer.Transfers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.FileFormat;
import dev.burgage.protocol.node.TransferProgress;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What the control plane asks of a tenant's node beside orders about files
/// (`/node/v1/pools/{pool}/tenants/{tenant}/…`): answered by the node that the tenant's binding
/// names, and by no other.
final class TenantRoutes implements HttpService {
  private static final String TENANT = OwnTenants.TENANT;

  private final OwnTenants tenants;
  private final Transferring transfer;

  /// What whole databases come in and go out by.
  record Transferring(
      Bodies bodies,
      Transfers transfers,
      TransferFiles files,
      Exports exports,
      BackupRoom backups) {}

  TenantRoutes(NodeName self, Tokens tokens, Bindings bindings, Transferring transfer) {
    this.transfer = transfer;
    this.tenants = new OwnTenants(self, tokens, bindings);
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get(
        TENANT,
        tenants.about((binding, request, response) ->
            Answers.json(response, Json.bytes(transfer.backups().backups().facts(binding)))));
    rules.get(TENANT + "/export", tenants.about(this::give));
    rules.put(TENANT + "/import", tenants.about(this::take));
    rules.put(TENANT + "/imports/{md5}", tenants.about(this::receive));
    rules.post(TENANT + "/imports/{md5}", tenants.about(this::load));
    rules.get(TENANT + "/imports/{bookmark}", tenants.about(this::loading));
    rules.post(TENANT + "/exports", tenants.about(this::export));
    rules.get(TENANT + "/exports/{bookmark}", tenants.about(this::exporting));
    rules.get(TENANT + "/files/{name}", tenants.about(this::send));
    BackupRoutes backups = new BackupRoutes(transfer.backups());
    rules.get(TENANT + "/backups", tenants.about(backups::list));
    rules.post(TENANT + "/backups", tenants.about(backups::make));
    rules.get(TENANT + "/backups/{id}", tenants.about(backups::get));
    rules.get(TENANT + "/backups/{id}/file", tenants.about(backups::send));
    rules.post(TENANT + "/backups/{id}/restore", tenants.about(backups::restore));
    rules.delete(TENANT + "/backups/{id}", tenants.about(backups::delete));
  }

  private void give(Binding binding, ServerRequest request, ServerResponse response)
      throws IOException {
    FileFormat format = format(request);
    Exports.Export export = transfer.exports().make(binding, format);
    try (InputStream content = export.content()) {
      response.header(HeaderNames.CONTENT_TYPE, format.mediaType());
      response.headers().contentLength(export.length());
      try (OutputStream out = response.outputStream()) {
        content.transferTo(out);
      }
    }
  }

  private void take(Binding binding, ServerRequest request, ServerResponse response)
      throws IOException {
    FileFormat format = format(request);
    long length = request.headers().contentLength().orElse(-1);
    String name;
    try (InputStream content = request.content().inputStream()) {
      name = transfer.files().receive(binding.database(), length, content);
    }
    Answers.json(response, Json.bytes(transfer.transfers().fill(binding, name, format)));
  }

  private static FileFormat format(ServerRequest request) {
    return FileFormat.parse(request.query().first("format").orElse("db"));
  }

  private void receive(Binding binding, ServerRequest request, ServerResponse response)
      throws IOException {
    long length = request.headers().contentLength().orElse(-1);
    try (InputStream content = request.content().inputStream()) {
      transfer.files().receive(binding.database(), parameter(request, "md5"), length, content);
    }
    Answers.empty(response);
  }

  private void load(Binding binding, ServerRequest request, ServerResponse response) {
    answer(response, transfer.transfers().load(binding, parameter(request, "md5")), "upload");
  }

  private void loading(Binding binding, ServerRequest request, ServerResponse response) {
    String bookmark = parameter(request, "bookmark");
    answer(response, transfer.transfers().loading(binding, bookmark), "import");
  }

  private void export(Binding binding, ServerRequest request, ServerResponse response) {
    ExportOrder order = transfer.bodies().read(request, ExportOrder.class);
    Answers.json(response, Json.bytes(transfer.transfers().export(binding, order)));
  }

  private void exporting(Binding binding, ServerRequest request, ServerResponse response) {
    String bookmark = parameter(request, "bookmark");
    answer(response, transfer.transfers().exporting(binding, bookmark), "export");
  }

  private static void answer(
      ServerResponse response, Optional<TransferProgress> progress, String what) {
    Answers.json(response, Json.bytes(progress.orElseThrow(() -> missing(what))));
  }

  private void send(Binding binding, ServerRequest request, ServerResponse response)
      throws IOException {
    send(response, transfer.files().path(binding.database(), parameter(request, "name")));
  }

  private static void send(ServerResponse response, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
      response.headers().contentLength(Files.size(file));
      try (OutputStream out = response.outputStream()) {
        in.transferTo(out);
      }
    } catch (NoSuchFileException e) {
      throw missing("file");
    }
  }

  private static BurgageException missing(String what) {
    return new BurgageException(ErrorCode.NOT_FOUND, "This node has no such %s.".formatted(what));
  }

  private static String parameter(ServerRequest request, String name) {
    return request.path().pathParameters().get(name);
  }
}
