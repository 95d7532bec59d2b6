package org.opencards.engine;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Lets in what the door or a worker signed, and nothing else but {@code GET /health}. */
final class SignatureFilter extends HttpFilter {

  /** Request attribute with the id of the user in whose name the request was signed. */
  static final String USER = SignatureFilter.class.getName() + ".user";

  private static final String HEADER = "x-door-signature";
  private static final String HEALTH = "/health";

  /**
   * Ways to write one path as another. The engine's filters judge the path as written and its servlets the path as meant,
   * and the door has judged it before: all three must read the same.
   */
  private static final Pattern AMBIGUOUS = Pattern.compile("//|;|\\\\|/\\.{1,2}(/|$)|%(25|2e|2f|5c)", Pattern.CASE_INSENSITIVE);

  private final transient SignatureVerifier verifier;

  SignatureFilter(SignatureVerifier verifier) {
    this.verifier = verifier;
  }

  @Override
  protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String path = request.getRequestURI();
    if (path.equals(HEALTH) && request.getMethod().equals("GET")) {
      return;
    }
    if (AMBIGUOUS.matcher(path).find()) {
      refuse(response, HttpServletResponse.SC_BAD_REQUEST, "InvalidRequestException", "The path is ambiguous.");
      return;
    }
    String target = request.getQueryString() == null ? path : path + "?" + request.getQueryString();
    Optional<String> user =
        verifier.signedUser(request.getHeader(HEADER), request.getMethod(), target, System.currentTimeMillis());
    if (user.isEmpty()) {
      refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "AuthenticationException", "The request is not signed.");
      return;
    }
    request.setAttribute(USER, user.get());
    keepSessionsApart(request, user.get());
    chain.doFilter(request, response);
  }

  /**
   * The web applications remember a user in the session, and two requests of one session share that memory: a session
   * therefore never serves a second user.
   */
  private static void keepSessionsApart(HttpServletRequest request, String user) {
    HttpSession session = request.getSession(false);
    if (session != null && !user.equals(session.getAttribute(USER))) {
      session.invalidate();
    }
    String path = request.getRequestURI();
    if (path.startsWith("/camunda/app/") || path.startsWith("/camunda/api/")) {
      request.getSession().setAttribute(USER, user);
    }
  }

  private static void refuse(HttpServletResponse response, int status, String type, String message) throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.getWriter().write("{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}");
  }
}
