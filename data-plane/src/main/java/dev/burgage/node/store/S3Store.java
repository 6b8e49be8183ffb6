package dev.burgage.node.store;

import dev.burgage.node.store.S3Settings.Credentials;
import dev.burgage.node.store.StoreException.Reason;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket of an S3-compatible store. Every call ends within the settings' `callMax`. Thread-safe.
public final class S3Store implements ObjectStore {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY = 429;

  private final S3Settings settings;
  private final S3Client client;

  public S3Store(S3Settings settings) {
    this.settings = settings;
    this.client = client(settings);
  }

  private static S3Client client(S3Settings settings) {
    S3Settings.Limits limits = settings.limits();
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            .credentialsProvider(credentials(settings))
            // What we keep has sums of its own, and many stores know no others than S3 must have.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(limits.connectMax())
                    .socketTimeout(limits.attemptMax()))
            .overrideConfiguration(call ->
                call.apiCallTimeout(limits.callMax())
                    .apiCallAttemptTimeout(limits.attemptMax())
                    .retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(limits.attempts()).build()));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(S3Settings settings) {
    Credentials fixed = settings.credentials();
    return fixed == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(fixed.accessKey(), fixed.secretKey()));
  }

  @Override
  public void put(String key, byte[] content) throws StoreException {
    ObjectKeys.check(key);
    try {
      client.putObject(
          request -> request.bucket(settings.bucket()).key(key), RequestBody.fromBytes(content));
    } catch (SdkException | UncheckedIOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public boolean putIfAbsent(String key, byte[] content) throws StoreException {
    ObjectKeys.check(key);
    try {
      client.putObject(
          request -> request.bucket(settings.bucket()).key(key).ifNoneMatch("*"),
          RequestBody.fromBytes(content));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED) {
        return false;
      }
      throw failed(key, e);
    } catch (SdkException | UncheckedIOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public byte[] get(String key) throws StoreException {
    ObjectKeys.check(key);
    try {
      return client
          .getObjectAsBytes(request -> request.bucket(settings.bucket()).key(key))
          .asByteArrayUnsafe();
    } catch (SdkException | UncheckedIOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public byte[] get(String key, long from, int length) throws StoreException {
    ObjectKeys.check(key);
    if (length == 0) {
      return new byte[0];
    }
    String range = "bytes=%d-%d".formatted(from, from + length - 1);
    try {
      return client
          .getObjectAsBytes(request -> request.bucket(settings.bucket()).key(key).range(range))
          .asByteArrayUnsafe();
    } catch (S3Exception e) {
      if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
        return new byte[0];
      }
      throw failed(key, e);
    } catch (SdkException | UncheckedIOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public List<Listed> list(String prefix, String after, int limit) throws StoreException {
    ObjectKeys.checkLimit(limit);
    try {
      return client
          .listObjectsV2(request -> {
            request.bucket(settings.bucket()).prefix(prefix).maxKeys(limit);
            if (!after.isEmpty()) {
              request.startAfter(after);
            }
          })
          .contents()
          .stream()
          .map(object -> new Listed(object.key(), object.size()))
          .toList();
    } catch (SdkException | UncheckedIOException e) {
      throw failed(prefix, e);
    }
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    ObjectKeys.checkLimit(Math.max(1, keys.size()));
    if (keys.isEmpty()) {
      return;
    }
    List<ObjectIdentifier> named =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    try {
      DeleteObjectsResponse answer =
          client.deleteObjects(request ->
              request
                  .bucket(settings.bucket())
                  .delete(Delete.builder().objects(named).quiet(true).build()));
      if (answer.hasErrors() && !answer.errors().isEmpty()) {
        var first = answer.errors().getFirst();
        throw new StoreException(
            Reason.UNREACHABLE,
            "bucket %s did not delete %d of %d objects; the first is %s: %s %s"
                .formatted(
                    settings.bucket(),
                    answer.errors().size(),
                    keys.size(),
                    first.key(),
                    first.code(),
                    first.message()),
            null);
      }
    } catch (SdkException | UncheckedIOException e) {
      throw failed(keys.iterator().next(), e);
    }
  }

  // The HTTP client lets some of a connection's ends out as they are, past the SDK's own
  // exceptions.
  private StoreException failed(String key, RuntimeException cause) {
    if (cause instanceof AbortedException) {
      Thread.currentThread().interrupt();
    }
    if (cause instanceof S3Exception answered) {
      int status = answered.statusCode();
      boolean isBucket = "NoSuchBucket".equals(code(answered));
      if (status == NOT_FOUND && !isBucket) {
        return StoreException.notFound(key, cause);
      }
      boolean mayPass = status >= 500 || status == TOO_MANY || status == CONFLICT;
      return new StoreException(
          mayPass ? Reason.UNREACHABLE : Reason.REFUSED,
          "bucket %s answered %d %s for %s%s"
              .formatted(
                  settings.bucket(),
                  status,
                  code(answered),
                  key,
                  mayPass ? "" : "; check the bucket, the key's rights and the region"),
          cause);
    }
    return new StoreException(
        Reason.UNREACHABLE,
        "bucket %s did not answer for %s: %s".formatted(settings.bucket(), key, why(cause)),
        cause);
  }

  // Amazon's own text is the list of its classes that have looked.
  private static String why(Exception cause) {
    String text = String.valueOf(cause.getMessage());
    return text.startsWith("Unable to load credentials")
        ? "there is no key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a"
            + " profile or a role"
        : text;
  }

  private static String code(S3Exception answered) {
    var details = answered.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  @Override
  public void close() {
    client.close();
  }
}
