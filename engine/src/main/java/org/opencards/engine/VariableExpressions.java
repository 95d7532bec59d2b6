package org.opencards.engine;

import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.impl.juel.AstBinary;
import org.camunda.bpm.impl.juel.AstBoolean;
import org.camunda.bpm.impl.juel.AstComposite;
import org.camunda.bpm.impl.juel.AstDot;
import org.camunda.bpm.impl.juel.AstEval;
import org.camunda.bpm.impl.juel.AstIdentifier;
import org.camunda.bpm.impl.juel.AstMethod;
import org.camunda.bpm.impl.juel.AstNested;
import org.camunda.bpm.impl.juel.AstNode;
import org.camunda.bpm.impl.juel.AstNull;
import org.camunda.bpm.impl.juel.AstNumber;
import org.camunda.bpm.impl.juel.AstString;
import org.camunda.bpm.impl.juel.AstText;
import org.camunda.bpm.impl.juel.AstUnary;
import org.camunda.bpm.impl.juel.Builder;
import org.camunda.bpm.impl.juel.Node;
import org.camunda.bpm.impl.juel.TreeBuilderException;
import org.camunda.bpm.impl.juel.jakarta.el.ValueExpression;

/**
 * Expressions that read variables and compare them, and nothing else: no beans, no methods, no functions. It judges the
 * tree that the engine's own parser makes of a text, before anything can be evaluated. The server's gate keeps to the same
 * grammar ({@code src/process/model-checks/expressions.ts}); this holds where the gate is wrong.
 */
final class VariableExpressions extends JuelExpressionManager {

  /** What Tasklist's stored filters hold ({@code src/engine/filters.ts}); a diagram must not. */
  private static final Set<String> FILTER_FUNCTIONS = Set.of("${currentUser()}", "${now()}");

  /** Names under which the engine hands out its own objects, or who is signed in, instead of a variable. */
  private static final Set<String> ENGINE_OBJECTS =
      Set.of("execution", "task", "externalTask", "caseExecution", "authenticatedUserId");

  private static final Set<AstBinary.Operator> COMPARISONS =
      Set.of(AstBinary.EQ, AstBinary.NE, AstBinary.LT, AstBinary.LE, AstBinary.GT, AstBinary.GE, AstBinary.AND, AstBinary.OR);

  private static final Set<Class<?>> PLAIN = Set.of(AstComposite.class, AstText.class, AstEval.class, AstNested.class,
      AstString.class, AstNumber.class, AstBoolean.class, AstNull.class);

  /** Bounds the depth of what is parsed (characters). */
  private static final int LONGEST = 1_000;

  @Override
  public ValueExpression createValueExpression(String text) {
    if (!FILTER_FUNCTIONS.contains(text)) {
      requireVariablesOnly(text);
    }
    return super.createValueExpression(text);
  }

  /**
   * Lets a text pass that holds no expression, or expressions over variables alone.
   *
   * @throws BadUserRequestException for any other
   */
  static void requireVariablesOnly(String text) {
    if (text == null || !(text.contains("${") || text.contains("#{"))) {
      return;
    }
    if (text.length() > LONGEST) {
      throw refused(text);
    }
    try {
      if (!isPlain(new Builder(Builder.Feature.METHOD_INVOCATIONS).build(text).getRoot())) {
        throw refused(text);
      }
    } catch (TreeBuilderException notAnExpression) {
      throw refused(text);
    }
  }

  private static boolean isPlain(Node node) {
    if (node instanceof AstMethod method) {
      return isVariableTest(method);
    }
    if (node instanceof AstDot dot) {
      return structureOf(dot).equals("execution.processBusinessKey");
    }
    boolean known = PLAIN.contains(node.getClass())
        || node instanceof AstIdentifier identifier && !ENGINE_OBJECTS.contains(identifier.getName())
        || node instanceof AstBinary binary && COMPARISONS.contains(binary.getOperator())
        || node instanceof AstUnary unary && unary.getOperator() != AstUnary.NEG;
    for (int i = 0; known && i < node.getCardinality(); i++) {
      known = isPlain(node.getChild(i));
    }
    return known;
  }

  private static boolean isVariableTest(AstMethod method) {
    Node parameters = method.getChild(1);
    return structureOf((AstNode) method.getChild(0)).equals("execution.hasVariable") && parameters.getCardinality() == 1
        && parameters.getChild(0) instanceof AstString;
  }

  private static String structureOf(AstNode node) {
    StringBuilder structure = new StringBuilder();
    node.appendStructure(structure, null);
    return structure.toString();
  }

  private static BadUserRequestException refused(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return new BadUserRequestException("The expression " + (line.length() > 80 ? line.substring(0, 79) + "…" : line)
        + " does more than read and compare variables");
  }
}
