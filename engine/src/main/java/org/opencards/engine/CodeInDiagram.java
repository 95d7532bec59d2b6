package org.opencards.engine;

import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.BpmnParseException;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParser;
import org.camunda.bpm.engine.impl.util.xml.Element;

/** Refuses a diagram by its elements alone: extensions that no diagram of ours needs, and expressions that do too much. */
final class CodeInDiagram {

  private static final String CAMUNDA = BpmnParser.CAMUNDA_BPMN_EXTENSIONS_NS;

  /** Names under which the engine still takes its extensions from. */
  private static final Set<String> ANCESTORS = Set.of(BpmnParser.ACTIVITI_BPMN_EXTENSIONS_NS, "http://www.camunda.com/fox");

  /** The engine takes some extension elements by their local name alone, in any namespace. */
  private static final Set<String> CODE_ELEMENTS = Set.of("script", "scriptTask", "connector", "executionListener",
      "taskListener", "field", "formData", "formProperty", "import");

  private static final Set<String> EXTENSION_ELEMENTS = Set.of("properties", "property", "inputOutput", "inputParameter",
      "outputParameter", "list", "map", "entry", "value", "in", "out", "failedJobRetryTimeCycle",
      "potentialStarter");

  private static final Set<String> CODE_ATTRIBUTES = Set.of("class", "delegateExpression", "expression", "resultVariable",
      "resultVariableName", "resource", "variableMappingClass", "variableMappingDelegateExpression", "formHandlerClass",
      "caseRef", "scriptFormat");

  private CodeInDiagram() {}

  /** @throws BpmnParseException with the place of what is refused */
  static void refuse(Element element) {
    String name = element.getTagName();
    boolean foreign = CAMUNDA.equals(element.getUri()) && !EXTENSION_ELEMENTS.contains(name);
    if (foreign || CODE_ELEMENTS.contains(name) || ANCESTORS.contains(element.getUri())) {
      throw new BpmnParseException("The element " + name + " is not allowed in a diagram", element);
    }
    if (name.equals("conditionExpression") || name.equals("condition")) {
      refuseAttribute(element, "language");
    }
    for (String key : element.attributes()) {
      if (ANCESTORS.stream().anyMatch(ancestor -> key.startsWith(ancestor + ":"))) {
        refuseAttribute(element, key);
      }
      requireVariablesOnly(element, element.attribute(key));
    }
    CODE_ATTRIBUTES.forEach(attribute -> refuseAttribute(element, CAMUNDA + ":" + attribute));
    requireVariablesOnly(element, element.getText());
    element.elements().forEach(CodeInDiagram::refuse);
  }

  private static void refuseAttribute(Element element, String key) {
    // A decision table hands its result over by this name.
    boolean ofDecision = key.startsWith(CAMUNDA + ":resultVariable") && element.attribute(CAMUNDA + ":decisionRef") != null;
    if (element.attribute(key) != null && !ofDecision) {
      throw new BpmnParseException("The attribute " + key.substring(key.lastIndexOf(':') + 1) + " is not allowed in a diagram", element);
    }
  }

  private static void requireVariablesOnly(Element element, String text) {
    try {
      VariableExpressions.requireVariablesOnly(text);
    } catch (BadUserRequestException refused) {
      throw new BpmnParseException(refused.getMessage(), element);
    }
  }
}
