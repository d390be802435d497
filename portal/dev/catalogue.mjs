// The mesh's sample databases, and as many made-up ones as are wanted.
import { readFileSync, readdirSync } from 'node:fs';

const CENTRAL = '123456789012';
const SAMPLES = new URL('../../demo/catalog/', import.meta.url);

export function catalogue(extra = 0) {
  const databases = [];
  const tables = new Map();
  for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith('.json'))) {
    const { DatabaseInput, Tables } = JSON.parse(readFileSync(new URL(file, SAMPLES), 'utf8'));
    add({ ...DatabaseInput }, Tables);
  }
  add(
    {
      Name: 'edge',
      Description: 'Odd entries: a view, an unreadable flag, a link, two thousand columns',
      Parameters: { data_owner: '111111111111', data_owner_name: 'Platform Tests' },
    },
    [
      { Name: 'a_view', TableType: 'VIRTUAL_VIEW', StorageDescriptor: null },
      table('maybe_flagged', [{ Name: 'a', Type: 'string', Parameters: { PII_Flag: ' maybe ' } }]),
      { ...table('linked', [{ Name: 'a', Type: 'string' }]), TargetTable: { CatalogId: '1', Name: 'x' } },
      {
        ...table(
          'wide',
          Array.from({ length: 2000 }, (_, at) => ({
            Name: `measure_${String(at).padStart(4, '0')}`,
            Type: at % 7 ? 'double' : 'struct<value:double,unit:string,at:timestamp>',
            Comment: at % 5 ? '' : 'A measure of the sensor, as it came',
            ...(at % 400 === 3 ? { Parameters: { pii_flag: 'TRUE' } } : {}),
          })),
        ),
        IsRegisteredWithLakeFormation: false,
      },
    ],
  );
  add({ Name: 'empty', Description: '' }, []);
  for (let at = 0; at < extra; at++) {
    const name = `archive_${String(at).padStart(4, '0')}`;
    const owner = { data_owner: '222222222222', data_owner_name: `Team ${at % 40}` };
    const Parameters = at % 9 ? owner : { ...owner, pii_flag: 'yes' };
    add({ Name: name, Description: `Old data, part ${at}`, LocationUri: `s3://archive/${at}/`, Parameters }, []);
  }
  return { databases, tables };

  function add(database, its) {
    databases.push({ ...database, CatalogId: CENTRAL });
    tables.set(
      database.Name,
      its.map((each) => ({ ...each, DatabaseName: database.Name, CatalogId: CENTRAL })),
    );
  }
}

function table(Name, Columns) {
  return {
    Name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {},
    StorageDescriptor: { Columns, Location: `s3://edge/${Name}/` },
    PartitionKeys: [{ Name: 'day', Type: 'date' }],
  };
}
