import ipp from 'ipp-encoder';
import { eventually } from '../../support/eventually.js';
import { describeBackendContract, type BackendUnderTest } from '../backends/contract.js';
import { describeWithPrinter, TestPrinter } from './ippeveprinter.js';
import { answersWith, changes, losesTheAnswer, Road } from './road.js';
import { backendFor } from './sample-card.js';

const { CONSTANTS: code } = ipp;

/** A real printer; the road to it plays what it cannot be made to do. */
async function start(): Promise<BackendUnderTest> {
  const printer = await TestPrinter.start();
  const road = await Road.open(printer.port);
  const switchedOn = Date.now();
  await eventually(
    'the printer has been on for so long that it can be believed',
    60_000,
    () => Date.now() - switchedOn > 7_000,
  );
  return {
    backend: backendFor(road.uri, { letterPrinter: road.uri }),
    machine: {
      made: async () => printer.printed,
      letters: async () => printer.printed,
      hold: async () => printer.hold(),
      release: async () => printer.goOn(),
      failNext: async () => printer.spoilNext(),
      hangUp: () => road.close(),
      listen: () => road.reopen(),
      loseNextAnswer: async () => road.once([code.PRINT_JOB, code.GET_JOB_ATTRIBUTES], losesTheAnswer),
      refuseNext: async () => road.once([code.PRINT_JOB], answersWith(0x0411)),
      busyNext: async () => road.once([code.PRINT_JOB], answersWith(0x0507)),
      breakDown: async () => road.on(code.GET_PRINTER_ATTRIBUTES, changes('printer-state', code.ENUM, 5)),
      mend: async () => road.on(code.GET_PRINTER_ATTRIBUTES, null),
    },
    stop: async () => {
      await road.close();
      await printer.remove();
    },
  };
}

// Without `restart`: this printer forgets its jobs when it is switched off; see ipp-faults.test.ts.
describeWithPrinter('the contract of production backends, with a real IPP printer', () => {
  describeBackendContract({
    name: 'ipp',
    start,
    abilities: ['refuseNext', 'busyNext', 'breakDown', 'letters'],
    job: { photo: null },
  });
});
