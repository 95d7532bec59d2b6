export const textbookKey = 'bench-textbook-batch';
export const textbookTopic = 'bench-produce-card';

/**
 * How a batch is drawn in every textbook: a parallel multi-instance, an external task for each card. With
 * `asyncAfter` the engine refuses fewer of the completions that come together; the client tries those again.
 */
export const textbookDiagram = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="bench">
  <process id="${textbookKey}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="begin" /><sequenceFlow id="to-produce" sourceRef="begin" targetRef="produce" />
    <serviceTask id="produce" camunda:type="external" camunda:topic="${textbookTopic}" camunda:asyncAfter="true">
      <multiInstanceLoopCharacteristics isSequential="false">
        <loopCardinality xsi:type="tFormalExpression">\${cards}</loopCardinality>
      </multiInstanceLoopCharacteristics>
    </serviceTask>
    <sequenceFlow id="to-end" sourceRef="produce" targetRef="end" /><endEvent id="end" />
  </process>
</definitions>`;
