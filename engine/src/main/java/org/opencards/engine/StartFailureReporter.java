package org.opencards.engine;

import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Says why the engine host did not start in one line of the log, as everything else is said. */
final class StartFailureReporter implements FailureAnalysisReporter {

  @Override
  public void report(FailureAnalysis analysis) {
    String sentence = (analysis.getDescription() + ". " + analysis.getAction()).replace("..", ".").replaceAll("\\s+", " ");
    LoggerFactory.getLogger(EngineHost.class).error(sentence);
  }
}
