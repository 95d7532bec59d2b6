package org.opencards.engine;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The process engine with its REST interface and web applications; configured by {@code application.yaml}. */
@SpringBootApplication
public class EngineHost {

  public static void main(String[] args) {
    SpringApplication.run(EngineHost.class, args);
  }
}
