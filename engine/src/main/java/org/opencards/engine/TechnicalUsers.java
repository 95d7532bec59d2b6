package org.opencards.engine;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.authorization.Groups;

/** The accounts that only software uses. Nobody signs in as one of them; their groups are fixed here. */
final class TechnicalUsers {

  static final String SERVER = "card-server";
  static final String WORKER = "card-worker";

  private static final Map<String, List<String>> GROUPS = Map.of(SERVER, List.of(Groups.CAMUNDA_ADMIN), WORKER, List.of());

  private TechnicalUsers() {}

  /** The groups of a technical user, so that the engine need not look them up for each request; null for anyone else. */
  static List<String> groupsOf(String user) {
    return GROUPS.get(user);
  }
}
