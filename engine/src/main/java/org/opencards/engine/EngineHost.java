package org.opencards.engine;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The process engine with its REST interface and web applications; configured by {@code application.yaml}. */
@SpringBootApplication
public class EngineHost {

  public static void main(String[] args) {
    // A diagram can name schemas and document types elsewhere; the engine's own are all that is read, from this jar.
    System.setProperty("javax.xml.accessExternalSchema", "nested,jar:file");
    System.setProperty("javax.xml.accessExternalDTD", "");
    StoredTimes.useZone(System.getenv("TIME_ZONE"));
    SpringApplication.run(EngineHost.class, args);
  }
}
