import type { Knex } from '../../src/kernel/db/database.js';

/**
 * The schema as text, read from PostgreSQL's own catalog and sorted, so that the same schema always gives the same text:
 * a change of a migration becomes visible in review. For reading and comparing; migrations are what makes a database.
 */
export async function dumpSchema(db: Knex): Promise<string> {
  const sections: string[] = [];
  for (const query of [extensions, tables, constraints, indexes, functions, views, triggers]) {
    const { rows } = await db.raw<{ rows: { text: string }[] }>(query);
    sections.push(...rows.map((row) => row.text));
  }
  return `-- Written by \`npm run schema\`; compared by a test.\n\n${sections.join('\n')}\n`;
}

/** Ours, not the tables in which knex remembers what it ran. */
const ours = `n.nspname = 'public' and c.relname not like 'knex\\_%'`;

const extensions = `
  select 'create extension ' || extname || ';' as text from pg_extension where extname <> 'plpgsql' order by extname`;

const tables = `
  select e'\\ncreate table ' || c.relname || e' (\\n' ||
    string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity = 'a' then ' generated always as identity' else '' end
      || case when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
      e',\\n' order by a.attnum)
    || e'\\n)' || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || ';' as text
  from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind = 'r' and ${ours}
  group by c.oid, c.relname, c.reloptions order by c.relname`;

const constraints = `
  select case when row_number() over (partition by c.relname order by k.conname) = 1 then e'\\n' else '' end
    || 'alter table ' || c.relname || ' add constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ';' as text
  from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
  where k.contype <> 'n' and ${ours}
  order by c.relname, k.conname`;

const indexes = `
  select case when row_number() over (order by c.relname, i.relname) = 1 then e'\\n' else '' end || pg_get_indexdef(i.oid) || ';' as text
  from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class c on c.oid = x.indrelid
    join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not exists (select from pg_constraint k where k.conindid = i.oid)
  order by c.relname, i.relname`;

const functions = `
  select e'\\n' || pg_get_functiondef(p.oid) || ';' as text
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname, p.oid::regprocedure::text`;

const views = `
  select e'\\ncreate view ' || viewname || e' as\\n' || definition as text from pg_views where schemaname = 'public' order by viewname`;

const triggers = `
  select case when row_number() over (order by c.relname, t.tgname) = 1 then e'\\n' else '' end || pg_get_triggerdef(t.oid) || ';' as text
  from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and ${ours}
  order by c.relname, t.tgname`;
