package org.opencards.engine;

import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.spring.boot.starter.rest.CamundaJerseyResourceConfig;
import org.springframework.stereotype.Component;

/** The engine's REST interface with what the server needs beside it. */
@Component
class RestConfiguration extends CamundaJerseyResourceConfig {

  private final ProcessEngine engine;

  RestConfiguration(ProcessEngine engine) {
    this.engine = engine;
  }

  @Override
  protected void registerAdditionalResources() {
    super.registerAdditionalResources();
    register(new DiagramReadingResource(engine));
  }
}
