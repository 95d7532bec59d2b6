import { DiagramError, diagramOf, parseDefinitions, type Diagram } from '../../process/diagram.js';
import { judgedReading } from '../../process/reading/judged-reading.js';
import type { Reading } from '../../process/reading/reading.js';
import {
  checkModels,
  type Circumstances,
  type FileFinding,
  type KnownGroup,
  type ModelFile,
} from '../../process/model-checks/index.js';
import { identityFindings } from './deployment-policy.js';
import type { StoredVersion } from './deployment-store.js';
import type { DeployedModel, JudgedUnit } from './deployment-types.js';
import { unreadable } from './upload-limits.js';

export interface Judgement {
  /** What prevents the deployment; nothing when it may be deployed. */
  readonly findings: readonly FileFinding[];
  /** Empty while there are findings. */
  readonly units: readonly JudgedUnit[];
}

/** A diagram among all that count, with the forms that it would run with. */
interface Judged {
  readonly file: ModelFile;
  readonly forms: readonly ModelFile[];
  /** Uploaded forms that it uses: they are judged with it. */
  readonly uploadedForms: readonly string[];
}

/** What an upload comes to. */
export interface Surroundings {
  /** The version of each process that it is judged among. */
  readonly deployed: readonly DeployedModel[];
  /** The newest version of each process. */
  readonly newest: readonly StoredVersion[];
  /** Groups of the organisation's own. */
  readonly ownGroups: readonly KnownGroup[];
}

/**
 * Judges uploaded diagrams and forms among those that are deployed. Each diagram is judged with the forms that it would
 * run with, since forms of one name may differ between deployments. A deployed diagram prevents an upload only by
 * what the upload breaks: an entry process that no longer gives its variants what they need, for example.
 */
export async function judgeUpload(
  uploaded: readonly ModelFile[],
  { deployed, newest, ownGroups }: Surroundings,
): Promise<Judgement> {
  const limits = uploaded.flatMap(unreadable);
  if (limits.length > 0) return { findings: limits, units: [] };
  const read = await Promise.all(uploaded.filter(isDiagram).map(readUploaded));
  const broken = read.flatMap((each) => ('finding' in each ? [each.finding] : []));
  if (broken.length > 0) return { findings: await withReason(uploaded, broken, ownGroups), units: [] };
  const diagrams = read.flatMap((each) => ('diagram' in each ? [each] : []));
  const changed = diagrams.flatMap(({ file, diagram }) => identityFindings(file.name, diagram, newest));
  if (changed.length > 0) return { findings: changed, units: [] };
  const replaced = new Set(diagrams.map(({ diagram }) => diagram.processKey));
  const units = diagrams.map((each) => unitOf(each, uploaded, deployed));
  const own = units.map(({ diagram, files: [file, ...forms] }) => judged(file, forms, diagram, uploaded));
  const others = deployed.filter((each) => !replaced.has(each.processKey)).map(deployedJudged);
  const about = new Set(own.flatMap(({ file, uploadedForms }) => [file.name, ...uploadedForms]));
  const now = await findingsByFile([...own, ...others], { about, ownGroups });
  const findings = [
    ...own.flatMap(({ file, uploadedForms }) => [file.name, ...uploadedForms].flatMap((name) => now.get(name) ?? [])),
    ...(await brokenOthers(others, now, deployed, ownGroups)),
    ...unusedForms(uploaded, own),
  ];
  return { findings: unique(findings), units: findings.length > 0 ? [] : units };
}

const isDiagram = ({ name }: ModelFile): boolean => name.endsWith('.bpmn');
const isForm = ({ name }: ModelFile): boolean => name.endsWith('.form');

interface ReadDiagram {
  readonly file: ModelFile;
  readonly diagram: Diagram;
  readonly reading: readonly Reading[];
}
type Read = ReadDiagram | { readonly finding: FileFinding };

async function readUploaded(file: ModelFile): Promise<Read> {
  try {
    const definitions = await parseDefinitions(file.content);
    return { file, diagram: diagramOf(definitions), reading: judgedReading(definitions) };
  } catch (raw) {
    if (!(raw instanceof DiagramError)) throw raw;
    return { finding: { file: file.name, rule: 'readable-file', element: stem(file.name), message: raw.message } };
  }
}

/** The rules know better words for what is wrong with a file that can be parsed. */
async function withReason(
  uploaded: readonly ModelFile[],
  broken: readonly FileFinding[],
  ownGroups: readonly KnownGroup[],
): Promise<readonly FileFinding[]> {
  const names = new Set(broken.map(({ file }) => file));
  const findings = (await checkModels(uploaded, { ownGroups })).filter(({ file }) => names.has(file));
  return findings.length > 0 ? findings : broken;
}

function unitOf(
  { file, diagram, reading }: ReadDiagram,
  uploaded: readonly ModelFile[],
  deployed: readonly DeployedModel[],
): JudgedUnit {
  const before = deployed.find(({ processKey }) => processKey === diagram.processKey);
  const sources = [uploaded, ...(before === undefined ? [] : [before.forms]), ...deployed.map(({ forms }) => forms)];
  const forms = diagram.formRefs.flatMap((ref) => {
    const name = `${ref}.form`;
    const found = sources.map((files) => files.find((each) => each.name === name)).find((each) => each !== undefined);
    return found === undefined ? [] : [found];
  });
  return { diagram, reading, files: [file, ...forms] };
}

function judged(
  file: ModelFile | undefined,
  forms: readonly ModelFile[],
  diagram: Diagram,
  uploaded: readonly ModelFile[],
): Judged {
  if (file === undefined) throw new Error(`${diagram.processKey} has no diagram.`);
  return { file, forms, uploadedForms: forms.filter((form) => uploaded.includes(form)).map(({ name }) => name) };
}

function deployedJudged({ diagram, forms }: DeployedModel): Judged {
  return { file: diagram, forms, uploadedForms: [] };
}

/** What the rules say to each diagram and to its uploaded forms, by file. */
async function findingsByFile(
  all: readonly Judged[],
  circumstances: Circumstances,
): Promise<ReadonlyMap<string, readonly FileFinding[]>> {
  const diagrams = all.map(({ file }) => file);
  const views = new Map<string, { files: ModelFile[]; judged: string[] }>();
  for (const each of all) {
    const forms = formsSeenBy(each, all);
    const key = JSON.stringify(forms);
    const view = views.get(key) ?? { files: [...diagrams, ...forms], judged: [] };
    view.judged.push(each.file.name, ...each.uploadedForms);
    views.set(key, view);
  }
  const found = new Map<string, FileFinding[]>();
  for (const { files, judged: names } of views.values()) {
    const findings = await checkModels(files, circumstances);
    for (const name of names)
      found.set(
        name,
        findings.filter(({ file }) => file === name),
      );
  }
  return found;
}

/** One form of each name: the diagram's own where it has one. */
function formsSeenBy(diagram: Judged, all: readonly Judged[]): ModelFile[] {
  const byName = new Map<string, ModelFile>();
  for (const form of [diagram, ...all].flatMap((each) => each.forms)) {
    if (!byName.has(form.name)) byName.set(form.name, form);
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function brokenOthers(
  others: readonly Judged[],
  now: ReadonlyMap<string, readonly FileFinding[]>,
  deployed: readonly DeployedModel[],
  ownGroups: readonly KnownGroup[],
): Promise<FileFinding[]> {
  const findings = others.flatMap(({ file }) => now.get(file.name) ?? []);
  if (findings.length === 0) return [];
  const before = await findingsByFile(deployed.map(deployedJudged), { about: new Set(), ownGroups });
  const known = new Set([...before.values()].flat().map(textOf));
  return findings.filter((finding) => !known.has(textOf(finding)));
}

function unusedForms(uploaded: readonly ModelFile[], own: readonly Judged[]): FileFinding[] {
  const used = new Set(own.flatMap(({ uploadedForms }) => uploadedForms));
  return uploaded
    .filter((file) => isForm(file) && !used.has(file.name))
    .map(({ name }) => ({
      file: name,
      rule: 'form-with-diagram',
      element: stem(name),
      message: 'A form belongs to the deployment of its diagram: deploy it together with a diagram that refers to it.',
    }));
}

function unique(findings: readonly FileFinding[]): FileFinding[] {
  return [...new Map(findings.map((finding) => [textOf(finding), finding])).values()];
}

function textOf({ file, element, rule, message }: FileFinding): string {
  return JSON.stringify([file, element, rule, message]);
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
