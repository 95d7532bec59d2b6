package org.opencards.engine;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.BpmnParseException;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParse;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParser;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;
import org.camunda.bpm.engine.impl.util.xml.Element;

/**
 * The engine's parser, which refuses what could run code. It looks twice: at the elements before the engine makes anything
 * of them, since some attributes make it load a class, and at what it would run in the end. It holds for every diagram
 * that the engine reads, deployed past the server's gate or from the database after a restart.
 */
final class GuardedParse extends BpmnParse {

  private List<Map<String, Map<String, Object>>> readings = List.of();

  GuardedParse(BpmnParser parser) {
    super(parser);
  }

  @Override
  protected void parseRootElement() {
    try {
      CodeInDiagram.refuse(rootElement);
      super.parseRootElement();
      if (!hasErrors()) {
        readings = getProcessDefinitions().stream().map(this::read).toList();
      }
    } catch (BadUserRequestException refused) {
      throw new BpmnParseException(refused.getMessage(), rootElement);
    }
  }

  /** What the engine would run: by process, its elements with what the engine knows of each. */
  List<Map<String, Map<String, Object>>> readings() {
    return readings;
  }

  private Map<String, Map<String, Object>> read(ProcessDefinitionEntity process) {
    Map<String, Map<String, Object>> elements = new DiagramReader(process).read();
    addPositions(rootElement, elements);
    return elements;
  }

  private static void addPositions(Element element, Map<String, Map<String, Object>> elements) {
    Map<String, Object> facts = elements.get(element.attribute("id"));
    if (facts != null) {
      facts.putIfAbsent("position", List.of(element.getLine() + ":" + element.getColumn()));
    }
    element.elements().forEach(child -> addPositions(child, elements));
  }
}
