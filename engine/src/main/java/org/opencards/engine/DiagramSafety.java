package org.opencards.engine;

import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.ArtifactFactory;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.scripting.engine.ScriptEngineResolver;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.camunda.bpm.spring.boot.starter.configuration.impl.AbstractCamundaConfiguration;
import org.springframework.stereotype.Component;

/** Leaves a diagram no way to code: neither when the engine reads it, nor when it runs. */
@Component
class DiagramSafety extends AbstractCamundaConfiguration {

  @Override
  public void preInit(SpringProcessEngineConfiguration engine) {
    engine.setExpressionManager(new VariableExpressions());
    engine.setBpmnParseFactory(GuardedParse::new);
    engine.setScriptEngineResolver(new NoScriptEngines());
    engine.setArtifactFactory(DiagramSafety::refuseClass);
    engine.setCmmnEnabled(false);
  }

  private static <T> T refuseClass(Class<T> type) {
    throw new BadUserRequestException("Classes named by a diagram are not run");
  }

  /** FEEL in decision tables has its own way; what asks here is a script. */
  private static final class NoScriptEngines implements ScriptEngineResolver {

    @Override
    public void addScriptEngineFactory(ScriptEngineFactory factory) {
      // None is ever used.
    }

    @Override
    public ScriptEngineManager getScriptEngineManager() {
      return null;
    }

    @Override
    public ScriptEngine getScriptEngine(String language, boolean resolveFromCache) {
      throw new BadUserRequestException("Scripts are not run");
    }
  }
}
