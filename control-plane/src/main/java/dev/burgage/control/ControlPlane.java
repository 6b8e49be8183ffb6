package dev.burgage.control;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// The control plane's process.
@SpringBootApplication
public class ControlPlane {
  public static void main(String[] arguments) {
    SpringApplication.run(ControlPlane.class, arguments);
  }
}
