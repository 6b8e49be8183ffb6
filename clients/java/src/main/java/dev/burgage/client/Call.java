package dev.burgage.client;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.Map;

/// One request.
///
/// @param body JSON, or nothing
/// @param repeatable whether sending it twice has the same effect as sending it once
record Call(
    String method, URI uri, BodyPublisher body, Map<String, String> headers, boolean repeatable) {}
