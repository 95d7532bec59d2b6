import type { HolderState } from '../directory/holders/holder-types.js';

/** A made-up person. `photo` is the number of the drawing, or null. */
export interface SampleHolder {
  readonly employeeNumber: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly upn: string;
  readonly department: string;
  readonly state: HolderState;
  readonly account: string | null;
  readonly photo: number | null;
}

const givenNames = [
  'Ada',
  'Milo',
  'Zoë',
  'Bruno',
  'Chloé',
  'Emil',
  'Fatima',
  'Gustav',
  'Hana',
  'Ivo',
  'Jürgen',
  'Kira',
  'Leon',
  'Mira',
  'Nils',
  'Olivia',
  'Pavel',
  'Quinn',
  'Rosa',
  'Samir',
  'Tilda',
  'Ugo',
  'Vera',
  'Yuki',
];
const familyNames = [
  'Example',
  'Sample',
  'Specimen',
  'Placeholder',
  'Demo',
  'Fictional',
  'Template',
  'Imaginary',
  'Testcase',
  'Invented',
  'Mockup',
];
const departments = [
  'Research',
  'Sales',
  'Facility Management',
  'Human Resources',
  'Production',
  'Information Technology',
  'Finance',
  'Legal',
  'Logistics',
  'Quality Assurance',
];

/** Holders who can also sign in: their cards are what separation of duties is about. */
const withAccount = [
  { account: 'operator', givenName: 'Olga', familyName: 'Operator', department: 'Human Resources' },
  { account: 'approver', givenName: 'Anna', familyName: 'Approver', department: 'Facility Management' },
];

/**
 * The same 266 people each time: about one in twelve is inactive, and one in ten has no photo. Names are words for
 * things that are not real, and the mail domain is reserved for examples (RFC 2606).
 */
export function sampleHolders(): SampleHolder[] {
  const officers = withAccount.map((officer, index): SampleHolder => ({
    ...officer,
    employeeNumber: String(10_001 + index),
    email: `${officer.account}@example.org`,
    upn: `${officer.account}@corp.example.org`,
    state: 'active',
    photo: index,
  }));
  const people = familyNames.flatMap((familyName) => givenNames.map((givenName) => ({ familyName, givenName })));
  return [
    ...officers,
    ...people.map(({ familyName, givenName }, at) => person(givenName, familyName, at + officers.length)),
  ];
}

function person(givenName: string, familyName: string, index: number): SampleHolder {
  const local = `${ascii(givenName)}.${ascii(familyName)}`;
  return {
    employeeNumber: String(10_001 + index),
    givenName,
    familyName,
    email: `${local}@example.org`,
    upn: `${local}@corp.example.org`,
    department: departments[(index * 7) % departments.length] ?? '',
    state: index % 12 === 5 ? 'inactive' : 'active',
    account: null,
    photo: index % 10 === 9 ? null : index,
  };
}

function ascii(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
