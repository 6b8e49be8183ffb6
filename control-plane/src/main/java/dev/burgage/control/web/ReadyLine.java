package dev.burgage.control.web;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/// Tells whoever started us where we are.
@Component
class ReadyLine {
  private static final Logger LOG = LoggerFactory.getLogger(ReadyLine.class);

  private final Environment environment;

  ReadyLine(Environment environment) {
    this.environment = environment;
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    LOG.info(
        "burgage control plane ready at http://{}:{} (its API: /v1/openapi.json)",
        environment.getProperty("server.address"),
        environment.getProperty("local.server.port"));
  }
}
