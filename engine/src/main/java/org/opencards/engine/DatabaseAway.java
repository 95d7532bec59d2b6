package org.opencards.engine;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.camunda.bpm.spring.boot.starter.configuration.impl.AbstractCamundaConfiguration;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionSystemException;

/**
 * Answers 503 with Retry-After instead of the engine's 500 while its database is away: the caller is to try again, and nothing
 * is broken. REST and web applications turn exceptions into answers in many places, so an interceptor around every command
 * notes the cause for its thread, and a filter puts the status right before it is sent.
 */
@Component
final class DatabaseAway extends AbstractCamundaConfiguration {

  private static final String SECONDS = "5";

  /** Administrator's shutdown, crash, not ready yet; too many connections. The class 08 is about connections as a whole. */
  private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "53300");

  private static final ThreadLocal<Boolean> NOTED = new ThreadLocal<>();

  @Override
  public void preInit(SpringProcessEngineConfiguration engine) {
    engine.setCustomPreCommandInterceptorsTxRequired(
        with(engine.getCustomPreCommandInterceptorsTxRequired()));
    engine.setCustomPreCommandInterceptorsTxRequiresNew(
        with(engine.getCustomPreCommandInterceptorsTxRequiresNew()));
  }

  private static List<CommandInterceptor> with(List<CommandInterceptor> others) {
    List<CommandInterceptor> all = new ArrayList<>(List.of(new Noting()));
    if (others != null) {
      all.addAll(others);
    }
    return all;
  }

  private static boolean isAway(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientConnectionException) {
        return true;
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null
          && (sql.getSQLState().startsWith("08") || AWAY.contains(sql.getSQLState()))) {
        return true;
      }
      // A connection that broke cannot even be rolled back; why it broke is kept aside then.
      if (cause instanceof TransactionSystemException rollback && rollback.getApplicationException() != null
          && isAway(rollback.getApplicationException())) {
        return true;
      }
    }
    return false;
  }

  private static final class Noting extends CommandInterceptor {

    @Override
    public <T> T execute(Command<T> command) {
      try {
        return next.execute(command);
      } catch (RuntimeException failure) {
        if (isAway(failure)) {
          NOTED.set(true);
        }
        throw failure;
      }
    }
  }

  static final class Filter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      NOTED.remove();
      try {
        chain.doFilter(request, new Corrected(response));
      } catch (RuntimeException | ServletException failure) {
        if (response.isCommitted() || NOTED.get() == null) {
          throw failure;
        }
        new Corrected(response).setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      } finally {
        NOTED.remove();
      }
    }
  }

  private static final class Corrected extends HttpServletResponseWrapper {

    Corrected(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void setStatus(int status) {
      super.setStatus(correct(status));
    }

    @Override
    public void sendError(int status) throws IOException {
      super.sendError(correct(status));
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      super.sendError(correct(status), message);
    }

    private int correct(int status) {
      if (status < HttpServletResponse.SC_INTERNAL_SERVER_ERROR || NOTED.get() == null) {
        return status;
      }
      setHeader("Retry-After", SECONDS);
      return HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    }
  }
}
