import { isProductError } from '../../src/kernel/errors.js';
import { headingOf, tableRows } from '../../src/kernel/tables/table-rows.js';
import { textOf } from '../../src/kernel/tables/text-of.js';
import { parseHolders } from '../../src/directory/holders/holder-csv.js';
import { namesInFile, namesInText } from '../../src/batches/requesting/holder-names.js';

const known = ['number', 'name', 'unit'];
const rowsOf = async (text: string, delimiters?: readonly string[]) => {
  const rows: string[][] = [];
  for await (const { cells } of tableRows(text, known, delimiters)) rows.push([...cells]);
  return rows;
};
const refusalOf = async (work: Promise<unknown>) => {
  const raw: unknown = await work.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (!isProductError(raw, 'import-invalid')) throw new Error('not refused', { cause: raw });
  return { message: raw.message, rows: raw.extra['rows'] };
};
const table = [
  ['number', 'name', 'unit'],
  ['1', 'Ida', 'A'],
  ['2', 'Ben', 'B'],
];
const utf16 = (text: string, big = false) => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

describe('one table, however it is written', () => {
  test.each([
    ['commas', 'number,name,unit\n1,Ida,A\n2,Ben,B\n'],
    ['semicolons', 'number;name;unit\n1;Ida;A\n2;Ben;B\n'],
    ['tabs', 'number\tname\tunit\n1\tIda\tA\n2\tBen\tB'],
    ['lines that end as in Windows', 'number;name;unit\r\n1;Ida;A\r\n2;Ben;B\r\n'],
    ['lines that end as in old Macs', 'number;name;unit\r1;Ida;A\r2;Ben;B\r'],
    ['a first line that ends otherwise than the others', 'number;name;unit\r\n1;Ida;A\n2;Ben;B\n'],
    ['lines that end in three ways', 'number;name;unit\n1;Ida;A\r2;Ben;B\r\n'],
    ['a line that names the separator', 'sep=;\r\nnumber;name;unit\r\n1;Ida;A\r\n2;Ben;B\r\n'],
    ['that line in capitals, with a separator of its own', 'SEP=|\nnumber|name|unit\n1|Ida|A\n2|Ben|B\n'],
    ['that line saved again, quoted', '"sep=;"\r\nnumber;name;unit\r\n1;Ida;A\r\n2;Ben;B\r\n'],
    ['that line saved again, filled up', 'sep=;;;\r\nnumber;name;unit\r\n1;Ida;A\r\n2;Ben;B\r\n'],
    ['that line with a tab', 'sep=\t\r\nnumber\tname\tunit\n1\tIda\tA\n2\tBen\tB\n'],
    ['empty lines before, between and behind', '\n\nnumber;name;unit\n;;\n1;Ida;A\n\n2;Ben;B\n \n'],
    ['everything quoted', '"number";"name";"unit"\n"1";"Ida";"A"\n"2";"Ben";"B"'],
    ['blanks around values and quotation marks', ' number ; "name" ;unit\n 1 ;"Ida" ; A\n2;  "Ben";B '],
    ['non-breaking blanks around values', 'number;name;unit\n\u00a01\u00a0;Ida;A\n2;Ben\u00a0;B'],
  ])('%s', async (_, text) => {
    expect(await rowsOf(text)).toEqual(table);
  });

  test.each([
    ['UTF-8', Buffer.from('näme;ß')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFnäme;ß')],
    ['UTF-8 with the mark of two programs', Buffer.from('\uFEFF\uFEFFnäme;ß')],
    ['UTF-16, as "Unicode text"', utf16('näme;ß')],
    ['UTF-16, the other way round', utf16('näme;ß', true)],
  ])('%s', (_, bytes) => {
    expect(textOf(bytes)).toBe('näme;ß');
  });
});

describe('values', () => {
  test.each([
    ['a separator in quotation marks', 'number;name\n1;"A;B"', '1', 'A;B'],
    ['doubled quotation marks', 'number;name\n1;"Mira ""Mimi"" B"', '1', 'Mira "Mimi" B'],
    ['quotation marks inside an unquoted value', 'number;name\n1;Mira "Mimi" B', '1', 'Mira "Mimi" B'],
    ['a line break in quotation marks', 'number;name\n1;"A\r\nB"', '1', 'A\r\nB'],
    ['a comma where semicolons separate', 'number;name\n1;Muster, Ida', '1', 'Muster, Ida'],
    ['a semicolon where commas separate', 'number,name\n1,A;B', '1', 'A;B'],
    ['an apostrophe', "number,name\n1,O'Hara", '1', "O'Hara"],
  ])('%s', async (_, text, ...cells) => {
    expect((await rowsOf(text))[1]).toEqual(cells);
  });

  test('known headings show the separator, for any other content of the first row', async () => {
    expect((await rowsOf('a, b, c, d;number\n1,2,3;10007'))[1]).toEqual(['1,2,3', '10007']);
    expect((await rowsOf('"x;y;z",number\n1,2'))[1]).toEqual(['1', '2']);
  });

  test('a character at the edge of what is read in one go stays whole', async () => {
    for (let before = 65_530; before < 65_538; before += 1) {
      const text = `number;name\n1;${'x'.repeat(before - 14)}\u{1F600}\r\n2;Ben`;
      const rows = await rowsOf(text);
      expect(rows).toHaveLength(3);
      expect(rows[1]?.[1]?.endsWith('x\u{1F600}')).toBe(true);
    }
  });

  test('rows are counted as a spreadsheet counts them', async () => {
    const rows: number[] = [];
    for await (const { row } of tableRows('number\n\n"1\n1"\r\n\r\n2', known)) rows.push(row);
    expect(rows).toEqual([1, 3, 5]);
  });

  test('headings are compared without capitals, blanks, hyphens and invisible characters', () => {
    expect([' Employee-Number', 'EMPLOYEE  NUMBER', '\u200Bemployee_number'].map(headingOf)).toEqual(
      Array(3).fill('employee_number'),
    );
  });
});

describe('what cannot be read is refused, with place and cure', () => {
  test.each([
    ['a quotation mark that does not end', 'number;name\n1;"Ida\n2;Ben', 'row 2, column 2'],
    ['text behind a closing quotation mark', 'number;name\n1;Ida\n2;"Ben" B', 'row 3, column 2'],
    ['a row without an end', `number;name\n1;"${'x'.repeat(200_000)}`, 'Row 2 has more than 100000 characters'],
  ])('%s', async (_, text, place) => {
    expect((await refusalOf(rowsOf(text))).message).toContain(place);
  });

  test.each([
    [
      'Windows-1252',
      Buffer.from('number;name\r\n1;Ida\r\n2;J\xf6rg', 'latin1'),
      /not UTF-8.*Windows-1252: see line 3\./,
    ],
    ['UTF-16 without a mark', utf16('number;name').subarray(2), /UTF-16 without a byte order mark: line 1/],
    ['UTF-16 cut in the middle of a character', utf16('number').subarray(0, 7), /damaged UTF-16/],
    ['a workbook of Excel', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /is a spreadsheet, not CSV/],
    ['an old workbook of Excel', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), /is a spreadsheet, not CSV/],
    ['zero characters', Buffer.from('number\n1\n\0'), /line 3 has a zero character/],
  ])('%s', async (_, bytes, sentence) => {
    expect((await refusalOf(Promise.resolve().then(() => textOf(bytes)))).message).toMatch(sentence);
  });
});

describe('holders', () => {
  const header = 'employee_number;given_name;family_name;email;upn;department;state';
  const mira = (number: string) =>
    `${number};Mira;Beispiel${number};mira${number}@example.test;mira${number}@example.test;Sales;active`;
  const read = (text: string) => parseHolders(Buffer.from(text));

  test.each([
    ['a header that ends otherwise than the rows', `${header}\r\n${mira('70001')}\n${mira('70002')}\n`, 2],
    ['a line that names the separator', `sep=;\r\n${header}\r\n${mira('70008')}\r\n`, 1],
    ['an empty last column', `${header};\r\n${mira('70009')};\r\n`, 1],
    ['several empty last columns', `${header};;;\r\n${mira('70009')};;;\r\n`, 1],
    ['empty last columns of the rows alone', `${header}\r\n${mira('70009')};;\r\n`, 1],
    ['an empty last column of the header alone', `${header};\r\n${mira('70009')}\r\n`, 1],
    ['an empty first column', `;${header}\n;${mira('70009')}\n`, 1],
    ['headings written otherwise', `${header.replace('employee_number', 'Employee Number')}\n${mira('1')}`, 1],
    ['tabs', `${header}\n${mira('1')}`.replaceAll(';', '\t'), 1],
  ])('%s', async (_, text, count) => {
    const { rows, problems } = await read(text);
    expect([rows.length, problems]).toEqual([count, []]);
    expect(rows[0]).toMatchObject({ given_name: 'Mira', department: 'Sales', state: 'active', account: null });
  });

  test('a value in a column without a heading, and too many or too few of them, are named', async () => {
    const { problems } = await read(
      [`;${header}`, `x;${mira('1')}`, `;${mira('2')};more`, `;${mira('3').replace(';active', '')}`].join('\n'),
    );
    expect(problems).toEqual([
      { row: 2, field: 'column 1', message: 'has a value and no heading' },
      { row: 3, field: '', message: 'has 9 fields instead of 8' },
      { row: 4, field: '', message: 'has 7 fields instead of 8' },
    ]);
  });

  test('a file that cannot be read names row and column in the shape of other mistakes', async () => {
    const { message, rows } = await refusalOf(read(`${header}\n${mira('1')}\n2;"Mira;`));
    expect(rows).toEqual([{ row: 3, field: 'column 2', message }]);
  });
});

describe('lists of card holders', () => {
  test('name the column by its heading, in a file and pasted', async () => {
    const list = 'deputies;employee_number\r\n10003,10004;10007\r\n';
    expect(await namesInFile(Buffer.from(list))).toEqual(['10007']);
    expect(await namesInText(list)).toEqual(['10007']);
  });

  test.each([
    ['a column of a spreadsheet among others', '10001\tIda\n10002\tBen', ['10001', '10002']],
    ['a table with headings', 'Name\tE-mail\nIda, Muster\tida@example.test', ['ida@example.test']],
    ['one a line', '10001\r10002\n10003\r\n', ['10001', '10002', '10003']],
    ['separated in two ways', '10001, 10002; 10003', ['10001', '10002', '10003']],
    ['quoted, with a separator inside', '"a,b@example.test"; 10003', ['a,b@example.test', '10003']],
    ['with a quotation mark as part of a name', '5"-1, 5"-2', ['5"-1', '5"-2']],
    ['nothing', ' \n;,\n', []],
  ])('pasted: %s', async (_, text, names) => {
    expect(await namesInText(text)).toEqual(names);
  });

  test.each([
    ['the first column', '10001;Ida\n10002;Ben', ['10001', '10002']],
    ['names the separator', 'sep=,\nname,upn\nIda,ida@example.test', ['ida@example.test']],
    ['prefers the employee number', 'email,employee number\nida@example.test,10001', ['10001']],
    ['rows without one', 'name;number\nIda;\nBen;10002', ['10002']],
  ])('a file: %s', async (_, text, names) => {
    expect(await namesInFile(Buffer.from(text))).toEqual(names);
  });
});
