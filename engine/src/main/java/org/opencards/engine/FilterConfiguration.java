package org.opencards.engine;

import jakarta.servlet.Filter;
import org.camunda.bpm.engine.rest.security.auth.ProcessEngineAuthenticationFilter;
import org.camunda.bpm.webapp.impl.security.auth.ContainerBasedAuthenticationFilter;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the signature in front of everything, and the engine's own filters behind it where they need a user. */
@Configuration
class FilterConfiguration {

  private static final int SHORTEST_SECRET = 32;

  @Bean
  FilterRegistrationBean<Filter> signatureFilter(
      @Value("${DOOR_SECRET:}") String doorSecret, @Value("${WORKER_SECRET:}") String workerSecret) {
    var verifier = new SignatureVerifier(usable("DOOR_SECRET", doorSecret), usable("WORKER_SECRET", workerSecret));
    return register(new SignatureFilter(verifier), Ordered.HIGHEST_PRECEDENCE, "/*");
  }

  @Bean
  FilterRegistrationBean<Filter> databaseAwayFilter() {
    return register(new DatabaseAway.Filter(), Ordered.HIGHEST_PRECEDENCE + 1, "/*");
  }

  @Bean
  FilterRegistrationBean<Filter> restAuthentication() {
    return engineFilter(new ProcessEngineAuthenticationFilter(), "/engine-rest/*");
  }

  @Bean
  FilterRegistrationBean<Filter> webAppAuthentication() {
    return engineFilter(new ContainerBasedAuthenticationFilter(), "/camunda/app/*", "/camunda/api/*");
  }

  private static FilterRegistrationBean<Filter> engineFilter(Filter filter, String... paths) {
    FilterRegistrationBean<Filter> registration = register(filter, Ordered.HIGHEST_PRECEDENCE + 2, paths);
    registration.addInitParameter("authentication-provider", SignedUserProvider.class.getName());
    return registration;
  }

  private static FilterRegistrationBean<Filter> register(Filter filter, int order, String... paths) {
    var registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(order);
    registration.addUrlPatterns(paths);
    // Long polls for external tasks are answered asynchronously.
    registration.setAsyncSupported(true);
    return registration;
  }

  private static String usable(String name, String secret) {
    if (secret.length() < SHORTEST_SECRET) {
      throw new UnusableSettingException(name + " is missing or has fewer than " + SHORTEST_SECRET + " characters",
          "Set " + name + " to the same random text of at least " + SHORTEST_SECRET + " characters here and where requests are signed.");
    }
    return secret;
  }
}
