package org.opencards.engine;

import java.sql.SQLException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Puts the two failures that an administrator can mend into words instead of a stack trace. */
final class StartFailureAnalyzer implements FailureAnalyzer {

  @Override
  public FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnusableSettingException setting) {
        return new FailureAnalysis(setting.getMessage(), setting.cure, failure);
      }
      if (cause instanceof SQLException sql) {
        return new FailureAnalysis("The engine's database cannot be used: " + sql.getMessage(),
            "Check that PostgreSQL runs and that ENGINE_JDBC_URL, ENGINE_DB_USER and ENGINE_DB_PASSWORD are right.", failure);
      }
    }
    return null;
  }
}
