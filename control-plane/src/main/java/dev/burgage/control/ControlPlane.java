package dev.burgage.control;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/// The control plane's process.
@SpringBootApplication
public class ControlPlane {
  public static void main(String[] arguments) {
    SpringApplication.run(ControlPlane.class, arguments);
  }

  /// Says in one line where to go, below all that was logged.
  @EventListener
  void announce(ApplicationReadyEvent ready) {
    Environment settings = ready.getApplicationContext().getEnvironment();
    System.out.printf(
        "burgage control plane ready at http://%s:%s%n",
        settings.getProperty("burgage.host"), settings.getProperty("local.server.port"));
  }
}
