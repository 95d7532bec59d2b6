package org.opencards.engine;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.rest.security.auth.AuthenticationProvider;
import org.camunda.bpm.engine.rest.security.auth.AuthenticationResult;

/** Says to the engine's own authentication filters in whose name {@link SignatureFilter} found the request signed. */
public class SignedUserProvider implements AuthenticationProvider {

  @Override
  public AuthenticationResult extractAuthenticatedUser(HttpServletRequest request, ProcessEngine engine) {
    if (!(request.getAttribute(SignatureFilter.USER) instanceof String user)) {
      return AuthenticationResult.unsuccessful();
    }
    AuthenticationResult result = AuthenticationResult.successful(user);
    List<String> groups = TechnicalUsers.groupsOf(user);
    if (groups != null) {
      // What is left null the filters ask the database for, with every request.
      result.setGroups(groups);
      result.setTenants(List.of());
    }
    return result;
  }

  /** The 401 says it all: there is nothing a browser could be asked for. */
  @Override
  public void augmentResponseByAuthenticationChallenge(HttpServletResponse response, ProcessEngine engine) {}
}
