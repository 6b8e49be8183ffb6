package dev.burgage.bench.results;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A run's raw results: a header line, then a line for each result, written as they come.
public final class ResultFile {
  private final Path file;

  private ResultFile(Path file) {
    this.file = file;
  }

  public static ResultFile create(Path file, RunHeader header) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, line(header));
    return new ResultFile(file);
  }

  public void add(Result result) throws IOException {
    Files.writeString(file, line(result), StandardOpenOption.APPEND);
  }

  /// @param results in the order in which they were measured
  public record Content(RunHeader header, List<Result> results) {}

  /// @throws IOException if the file cannot be read
  public static Content read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      throw new IOException(file + " has no header line");
    }
    return new Content(
        parse(lines.getFirst(), RunHeader.class),
        lines.stream().skip(1).map(line -> parse(line, Result.class)).toList());
  }

  private static <T> T parse(String line, Class<T> type) {
    return Json.read(line.getBytes(StandardCharsets.UTF_8), type);
  }

  private static String line(Object value) {
    return new String(Json.bytes(value), StandardCharsets.UTF_8) + "\n";
  }
}
