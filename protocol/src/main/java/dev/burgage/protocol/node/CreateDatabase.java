package dev.burgage.protocol.node;

/// Body of `PUT /node/v1/databases/{database}/{generation}`: make the database's file by copying a
/// template. Repeating it changes nothing. A node without the template answers `template_missing`
/// (409); the caller sends it with `PUT /node/v1/templates/{id}` (body: the template) and asks
/// again.
///
/// @param template id of the template
public record CreateDatabase(String template) {}
