package org.opencards.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.bpmn.behavior.*;
import org.camunda.bpm.engine.impl.bpmn.helper.BpmnProperties;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParse;
import org.camunda.bpm.engine.impl.bpmn.parser.CompensateEventDefinition;
import org.camunda.bpm.engine.impl.bpmn.parser.ConditionalEventDefinition;
import org.camunda.bpm.engine.impl.bpmn.parser.DefaultFailedJobParseListener;
import org.camunda.bpm.engine.impl.bpmn.parser.Escalation;
import org.camunda.bpm.engine.impl.bpmn.parser.EventSubscriptionDeclaration;
import org.camunda.bpm.engine.impl.bpmn.parser.FailedJobRetryConfiguration;
import org.camunda.bpm.engine.impl.core.model.BaseCallableElement;
import org.camunda.bpm.engine.impl.core.model.CallableElement;
import org.camunda.bpm.engine.impl.core.model.CallableElementParameter;
import org.camunda.bpm.engine.impl.core.model.CoreModelElement;
import org.camunda.bpm.engine.impl.core.variable.mapping.IoParameter;
import org.camunda.bpm.engine.impl.core.variable.mapping.value.ConstantValueProvider;
import org.camunda.bpm.engine.impl.core.variable.mapping.value.ListValueProvider;
import org.camunda.bpm.engine.impl.core.variable.mapping.value.MapValueProvider;
import org.camunda.bpm.engine.impl.core.variable.mapping.value.NullValueProvider;
import org.camunda.bpm.engine.impl.core.variable.mapping.value.ParameterValueProvider;
import org.camunda.bpm.engine.impl.el.ElValueProvider;
import org.camunda.bpm.engine.delegate.Expression;
import org.camunda.bpm.engine.impl.el.UelExpressionCondition;
import org.camunda.bpm.engine.impl.form.FormDefinition;
import org.camunda.bpm.engine.impl.form.handler.DefaultFormHandler;
import org.camunda.bpm.engine.impl.form.handler.DelegateFormHandler;
import org.camunda.bpm.engine.impl.form.handler.FormHandler;
import org.camunda.bpm.engine.impl.jobexecutor.JobDeclaration;
import org.camunda.bpm.engine.impl.jobexecutor.TimerDeclarationImpl;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.impl.pvm.process.ActivityStartBehavior;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.pvm.process.TransitionImpl;
import org.camunda.bpm.engine.impl.task.TaskDefinition;

/**
 * Says what the engine would run of a process, element by element, and refuses what it does not know: a behaviour, a
 * listener or a value that none of our diagrams needs. Every fact is a list of texts; what is as usual is left out. The
 * server derives the same facts from its own reading ({@code src/process/reading}) and compares them.
 */
final class DiagramReader {

  private static final int MOST_ATTEMPTS = 99;

  private final ProcessDefinitionEntity process;
  private final Map<String, Map<String, Object>> elements = new LinkedHashMap<>();
  private final Map<Class<?>, BiConsumer<ActivityImpl, Facts>> behaviours = new LinkedHashMap<>();

  DiagramReader(ProcessDefinitionEntity process) {
    this.process = process;
    for (Class<?> plain : List.of(BoundaryEventActivityBehavior.class, CancelBoundaryEventActivityBehavior.class,
        BoundaryConditionalEventActivityBehavior.class, CancelEndEventActivityBehavior.class,
        EventBasedGatewayActivityBehavior.class, EventSubProcessActivityBehavior.class,
        EventSubProcessStartEventActivityBehavior.class, EventSubProcessStartConditionalEventActivityBehavior.class,
        ExclusiveGatewayActivityBehavior.class, InclusiveGatewayActivityBehavior.class,
        IntermediateCatchEventActivityBehavior.class, IntermediateCatchLinkEventActivityBehavior.class,
        IntermediateConditionalEventBehavior.class, IntermediateThrowNoneEventActivityBehavior.class,
        ManualTaskActivityBehavior.class, NoneEndEventActivityBehavior.class, NoneStartEventActivityBehavior.class,
        ParallelGatewayActivityBehavior.class, ReceiveTaskActivityBehavior.class, SubProcessActivityBehavior.class,
        TaskActivityBehavior.class, TerminateEndEventActivityBehavior.class)) {
      behaviours.put(plain, (activity, facts) -> {});
    }
    behaviours.put(ParallelMultiInstanceActivityBehavior.class, this::readLoop);
    behaviours.put(SequentialMultiInstanceActivityBehavior.class, this::readLoop);
    behaviours.put(ExternalTaskActivityBehavior.class, this::readExternalTask);
    behaviours.put(UserTaskActivityBehavior.class, this::readUserTask);
    behaviours.put(CallActivityBehavior.class, this::readCall);
    behaviours.put(DmnBusinessRuleTaskActivityBehavior.class, this::readDecision);
    behaviours.put(ErrorEndEventActivityBehavior.class, this::readErrorEnd);
    behaviours.put(ThrowEscalationEventActivityBehavior.class, this::readEscalation);
    behaviours.put(ThrowSignalEventActivityBehavior.class, this::readSignal);
    behaviours.put(CompensationEventActivityBehavior.class, this::readCompensation);
  }

  /** The facts of each element by its id, the process first. */
  Map<String, Map<String, Object>> read() {
    readProcess();
    readScope(process);
    elements.values().forEach(facts -> facts.values().removeIf(value -> value instanceof List<?> list && list.isEmpty()));
    return elements;
  }

  private void readProcess() {
    Facts facts = factsOf(process.getKey());
    refuseListeners(process);
    facts.add("kind", "process");
    facts.add("name", process.getName());
    facts.add("versionTag", process.getVersionTag());
    facts.add("historyTimeToLive", process.getHistoryTimeToLive());
    facts.addUnless("startableInTasklist", process.isStartableInTasklist(), true);
    facts.add("jobPriority", valueOf(process.getProperty(BpmnParse.PROPERTYNAME_JOB_PRIORITY)));
    facts.add("taskPriority", valueOf(process.getProperty(BpmnParse.PROPERTYNAME_TASK_PRIORITY)));
    facts.add("initiator", process.getProperty(BpmnParse.PROPERTYNAME_INITIATOR_VARIABLE_NAME));
    facts.add("initial", process.getInitial() == null ? null : process.getInitial().getId());
    facts.addSorted("candidateStarterUsers", process.getCandidateStarterUserIdExpressions());
    facts.addSorted("candidateStarterGroups", process.getCandidateStarterGroupIdExpressions());
    if (process.getStartFormHandler() != null) {
      readForm(factsOf(process.getInitial().getId()), process.getStartFormHandler(), process.getStartFormDefinition());
    }
    if (process.getProperty(BpmnParse.PROPERTYNAME_START_TIMER) instanceof Collection<?> timers) {
      timers.forEach(timer -> readTimer((TimerDeclarationImpl) timer));
    }
  }

  private void readScope(ScopeImpl scope) {
    if (!scope.getProperties().get(BpmnProperties.TIMEOUT_LISTENER_DECLARATIONS).isEmpty()) {
      throw refused(scope, "a listener");
    }
    scope.getProperties().get(BpmnProperties.TIMER_DECLARATIONS).values().forEach(this::readTimer);
    scope.getProperties().get(BpmnProperties.EVENT_SUBSCRIPTION_DECLARATIONS).values().forEach(this::readSubscription);
    scope.getProperties().get(BpmnProperties.ERROR_EVENT_DEFINITIONS).forEach(error -> {
      Facts facts = factsOf(error.getHandlerActivityId());
      facts.add("catchesError", error.getErrorCode() == null ? "any" : "code " + error.getErrorCode());
      facts.add("errorCodeVariable", error.getErrorCodeVariable());
      facts.add("errorMessageVariable", error.getErrorMessageVariable());
    });
    scope.getProperties().get(BpmnProperties.ESCALATION_EVENT_DEFINITIONS).forEach(escalation -> {
      Facts facts = factsOf(escalation.getEscalationHandler().getId());
      facts.add("catchesEscalation", escalation.getEscalationCode() == null ? "any" : "code " + escalation.getEscalationCode());
      facts.add("escalationCodeVariable", escalation.getEscalationCodeVariable());
    });
    scope.getActivities().forEach(this::readActivity);
  }

  private void readActivity(ActivityImpl activity) {
    Facts facts = factsOf(activity.getId());
    refuseListeners(activity);
    BiConsumer<ActivityImpl, Facts> behaviour = activity.getActivityBehavior() == null ? null : behaviours.get(activity.getActivityBehavior().getClass());
    if (behaviour == null) {
      throw refused(activity, "a behaviour: " + activity.getActivityBehavior());
    }
    facts.add("kind", activity.getProperty(BpmnProperties.TYPE.getName()));
    facts.add("behaviour", activity.getActivityBehavior().getClass().getSimpleName());
    facts.add("name", activity.getProperty("name"));
    facts.add("scope", activity.getFlowScope() == process ? process.getKey() : activity.getFlowScope().getId());
    facts.add("listensOn", listensOn(activity));
    facts.add("start", activity.getActivityStartBehavior() == ActivityStartBehavior.DEFAULT ? null : activity.getActivityStartBehavior());
    facts.addUnless("asyncBefore", activity.isAsyncBefore(), false);
    facts.addUnless("asyncAfter", activity.isAsyncAfter(), false);
    facts.addUnless("exclusive", jobsOf(activity).allMatch(JobDeclaration::isExclusive), true);
    facts.addUnless("forCompensation", activity.isCompensationHandler(), false);
    facts.addUnless("triggeredByEvent", activity.isTriggeredByEvent(), false);
    facts.add("compensatedBy", activity.getProperty(BpmnParse.PROPERTYNAME_COMPENSATION_HANDLER_ID));
    facts.add("jobPriority", valueOf(activity.getProperty(BpmnParse.PROPERTYNAME_JOB_PRIORITY)));
    facts.add("attempts", attemptsOf(activity));
    facts.add("default", activity.getProperty("default"));
    if (activity.getIoMapping() != null) {
      activity.getIoMapping().getInputParameters().forEach(parameter -> facts.add("inputs", textOf(parameter)));
      activity.getIoMapping().getOutputParameters().forEach(parameter -> facts.add("outputs", textOf(parameter)));
    }
    behaviour.accept(activity, facts);
    activity.getOutgoingTransitions().forEach(flow -> readFlow((TransitionImpl) flow, facts));
    readScope(activity);
  }

  /** The order of flows is behaviour: a gateway tries them one by one. */
  private void readFlow(TransitionImpl flow, Facts source) {
    String from = flow.getSource().getId();
    String to = flow.getDestination().getId();
    String id = flow.getId() == null ? from + " to " + to : flow.getId();
    source.add("flows", id);
    refuseListeners(flow);
    Facts facts = factsOf(id);
    facts.add("kind", "sequenceFlow");
    facts.add("from", from);
    facts.add("to", to);
    facts.add("name", flow.getProperty("name"));
    Object condition = flow.getProperty(BpmnParse.PROPERTYNAME_CONDITION);
    if (condition instanceof UelExpressionCondition expression) {
      facts.add("condition", textOf((Expression) Inside.read(expression, "expression")));
    } else if (condition != null) {
      throw refused(flow, "a condition that is a script");
    }
  }

  private void readTimer(TimerDeclarationImpl timer) {
    Facts facts = factsOf(timer.getActivityId());
    facts.add("timer", Inside.read(timer, "type") + " " + textOf((Expression) Inside.read(timer, "description")));
    facts.addUnless("exclusiveTimer", timer.isExclusive(), true);
  }

  private void readSubscription(EventSubscriptionDeclaration event) {
    Facts facts = factsOf(event.getActivityId());
    facts.addUnless("startsProcess", event.isStartEvent(), false);
    facts.addUnless("asyncEvent", event.isAsync(), false);
    if (event instanceof ConditionalEventDefinition conditional) {
      if (!(Inside.read(conditional, "condition") instanceof UelExpressionCondition expression)) {
        throw new BadUserRequestException("The element " + event.getActivityId() + " has a condition that is a script");
      }
      facts.add("condition", textOf((Expression) Inside.read(expression, "expression")));
      facts.add("conditionVariable", conditional.getVariableName());
      facts.addSorted("conditionEvents", conditional.getVariableEvents());
    } else {
      facts.add("waitsFor", event.getEventType() + " " + event.getUnresolvedEventName());
    }
  }

  private void readLoop(ActivityImpl activity, Facts facts) {
    var loop = (MultiInstanceActivityBehavior) activity.getActivityBehavior();
    facts.add("cardinality", textOf(loop.getLoopCardinalityExpression()));
    facts.add("completion", textOf(loop.getCompletionConditionExpression()));
    facts.add("collection", textOf(loop.getCollectionExpression()));
    facts.add("collection", loop.getCollectionVariable());
    facts.add("elementVariable", loop.getCollectionElementVariable());
  }

  private void readExternalTask(ActivityImpl activity, Facts facts) {
    var task = (ExternalTaskActivityBehavior) activity.getActivityBehavior();
    facts.add("topic", valueOf(Inside.read(task, "topicNameValueProvider")));
    facts.add("taskPriority", valueOf(task.getPriorityValueProvider()));
    Map<String, String> properties = activity.getProperties().get(BpmnProperties.EXTENSION_PROPERTIES);
    if (properties != null) {
      facts.addSorted("properties", properties.entrySet());
    }
    if (!activity.getProperties().get(BpmnProperties.CAMUNDA_ERROR_EVENT_DEFINITION).isEmpty()) {
      // The engine evaluates it when a worker reports: where that fails, no report is ever taken, and the task never ends.
      throw refused(activity, "an error that follows from an expression");
    }
  }

  private void readUserTask(ActivityImpl activity, Facts facts) {
    TaskDefinition task = ((UserTaskActivityBehavior) activity.getActivityBehavior()).getTaskDefinition();
    if (!sameLists(task.getTaskListeners(), task.getBuiltinTaskListeners())) {
      throw refused(activity, "a task listener");
    }
    facts.add("taskName", textOf(task.getNameExpression()));
    facts.add("description", textOf(task.getDescriptionExpression()));
    facts.add("assignee", textOf(task.getAssigneeExpression()));
    facts.addSorted("candidateUsers", task.getCandidateUserIdExpressions());
    facts.addSorted("candidateGroups", task.getCandidateGroupIdExpressions());
    facts.add("dueDate", textOf(task.getDueDateExpression()));
    facts.add("followUpDate", textOf(task.getFollowUpDateExpression()));
    facts.add("priority", textOf(task.getPriorityExpression()));
    readForm(facts, task.getTaskFormHandler(), task.getFormDefinition());
  }

  private void readForm(Facts facts, FormHandler handler, FormDefinition form) {
    FormHandler inner = handler instanceof DelegateFormHandler delegate ? delegate.getFormHandler() : handler;
    if (!(inner instanceof DefaultFormHandler fields) || !fields.getFormPropertyHandlers().isEmpty()
        || !((Collection<?>) Inside.read(fields, "formFieldHandlers")).isEmpty()) {
      throw new BadUserRequestException("Fields of a form belong into a Camunda form, not into the diagram");
    }
    facts.add("formKey", textOf(form.getFormKey()));
    facts.add("formRef", textOf(form.getCamundaFormDefinitionKey()));
    facts.add("formBinding", form.getCamundaFormDefinitionBinding());
    facts.add("formVersion", textOf(form.getCamundaFormDefinitionVersion()));
  }

  private void readCall(ActivityImpl activity, Facts facts) {
    var call = (CallActivityBehavior) activity.getActivityBehavior();
    if (Inside.read(call, "className") != null || Inside.read(call, "expression") != null) {
      throw refused(activity, "a class that maps variables");
    }
    CallableElement called = call.getCallableElement();
    readCalled(called, facts);
    facts.add("businessKey", valueOf(called.getBusinessKeyValueProvider()));
    called.getInputs().forEach(parameter -> facts.add("in", textOf(parameter)));
    called.getOutputs().forEach(parameter -> facts.add("out", textOf(parameter)));
    called.getOutputsLocal().forEach(parameter -> facts.add("outLocal", textOf(parameter)));
  }

  private void readDecision(ActivityImpl activity, Facts facts) {
    Object task = activity.getActivityBehavior();
    readCalled((BaseCallableElement) Inside.read(task, "callableElement"), facts);
    facts.add("result", Inside.read(task, "resultVariable"));
    facts.add("resultAs", Inside.read(task, "decisionResultMapper").getClass().getSimpleName());
  }

  private void readCalled(BaseCallableElement called, Facts facts) {
    facts.add("calls", valueOf(called.getDefinitionKeyValueProvider()));
    facts.add("binding", called.isLatestBinding() ? null : called.getBinding().getValue());
    facts.add("version", valueOf(called.getVersionValueProvider()));
    facts.add("calledVersionTag", valueOf(called.getVersionTagValueProvider()));
    facts.add("tenant", valueOf(called.getTenantIdProvider()));
  }

  private void readErrorEnd(ActivityImpl activity, Facts facts) {
    var end = (ErrorEndEventActivityBehavior) activity.getActivityBehavior();
    facts.add("throwsError", end.getErrorCode());
    facts.add("errorMessage", valueOf(end.getErrorMessageExpression()));
  }

  private void readEscalation(ActivityImpl activity, Facts facts) {
    facts.add("throwsEscalation", ((Escalation) Inside.read(activity.getActivityBehavior(), "escalation")).getEscalationCode());
  }

  private void readSignal(ActivityImpl activity, Facts facts) {
    var signal = (EventSubscriptionDeclaration) Inside.read(activity.getActivityBehavior(), "signalDefinition");
    facts.add("throwsSignal", signal.getUnresolvedEventName());
    facts.addUnless("asyncEvent", signal.isAsync(), false);
    facts.add("businessKey", valueOf(signal.getEventPayload().getBusinessKeyValueProvider()));
    signal.getEventPayload().getInputs().forEach(parameter -> facts.add("in", textOf(parameter)));
  }

  private void readCompensation(ActivityImpl activity, Facts facts) {
    var event = (CompensateEventDefinition) Inside.read(activity.getActivityBehavior(), "compensateEventDefinition");
    facts.add("compensates", event.getActivityRef() == null ? "all" : "activity " + event.getActivityRef());
    facts.addUnless("waitsForCompletion", event.isWaitForCompletion(), true);
  }

  /** Where an event is caught, if that is neither the element itself nor where it stands. */
  private String listensOn(ActivityImpl activity) {
    ScopeImpl scope = activity.getEventScope();
    boolean elsewhere = scope != null && scope != activity && scope != activity.getFlowScope();
    return elsewhere ? (scope == process ? process.getKey() : scope.getId()) : null;
  }

  private static Stream<JobDeclaration<?, ?>> jobsOf(ActivityImpl activity) {
    Object jobs = activity.getProperty(BpmnParse.PROPERTYNAME_MESSAGE_JOB_DECLARATION);
    return jobs instanceof Collection<?> some ? some.stream().map(job -> (JobDeclaration<?, ?>) job) : Stream.empty();
  }

  /** Attempts that are not bounded would keep a failing step from ever becoming an incident. */
  private static String attemptsOf(ActivityImpl activity) {
    FailedJobRetryConfiguration attempts =
        activity.getProperties().get(DefaultFailedJobParseListener.FAILED_JOB_CONFIGURATION);
    if (attempts == null) {
      return null;
    }
    if (attempts.getExpression() != null || attempts.getRetries() > MOST_ATTEMPTS) {
      throw refused(activity, "more than " + MOST_ATTEMPTS + " attempts");
    }
    return attempts.getRetries() + " times: " + String.join(",", attempts.getRetryIntervals());
  }

  private static void refuseListeners(CoreModelElement element) {
    if (!sameLists(element.getListeners(), element.getBuiltInListeners())
        || !sameLists(element.getVariableListeners(), element.getBuiltInVariableListeners())) {
      throw refused(element, "a listener");
    }
  }

  /** The engine's own listeners are in both; a diagram's are in the first only. */
  private static <T> boolean sameLists(Map<String, List<T>> all, Map<String, List<T>> own) {
    return all.entrySet().stream().allMatch(each -> own.getOrDefault(each.getKey(), List.of()).containsAll(each.getValue()));
  }

  private static String textOf(Expression expression) {
    return expression == null ? null : expression.getExpressionText();
  }

  private static String textOf(IoParameter parameter) {
    return parameter.getName() + " = " + Objects.requireNonNullElse(valueOf(parameter.getValueProvider()), "");
  }

  private static String textOf(CallableElementParameter parameter) {
    String local = parameter.isReadLocal() ? "local " : "";
    if (parameter.isAllVariables()) {
      return local + "all";
    }
    ParameterValueProvider source = parameter.getSourceValueProvider();
    return local + parameter.getTarget() + (source instanceof ElValueProvider ? " = expression " : " = ") + valueOf(source);
  }

  private static String valueOf(Object provider) {
    if (provider == null || provider.getClass() == NullValueProvider.class) {
      return null;
    }
    if (provider instanceof ElValueProvider value) {
      return textOf(value.getExpression());
    }
    if (provider.getClass() == ConstantValueProvider.class) {
      return String.valueOf(Inside.read(provider, "value"));
    }
    if (provider.getClass() == ListValueProvider.class || provider.getClass() == MapValueProvider.class) {
      return "a list or map";
    }
    throw new BadUserRequestException("A value is neither a text nor an expression: " + provider.getClass().getSimpleName());
  }

  private static BadUserRequestException refused(CoreModelElement element, String what) {
    return new BadUserRequestException("The element " + element.getId() + " has " + what + ", which is not run here");
  }

  private Facts factsOf(String id) {
    return new Facts(elements.computeIfAbsent(id, unseen -> new LinkedHashMap<>()));
  }

  /** The facts of one element while they are gathered. */
  private record Facts(Map<String, Object> values) {

    @SuppressWarnings("unchecked")
    void add(String name, Object value) {
      if (value != null) {
        ((List<String>) values.computeIfAbsent(name, unseen -> new ArrayList<String>())).add(value.toString());
      }
    }

    void addUnless(String name, boolean value, boolean usual) {
      if (value != usual) {
        add(name, value);
      }
    }

    void addSorted(String name, Collection<?> values) {
      values.stream().map(value -> value instanceof Expression expression ? textOf(expression) : value.toString()).sorted()
          .forEach(value -> add(name, value));
    }
  }
}
