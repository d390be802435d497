import type { ReactNode } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { Source } from '../api/types';
import { usePerson } from '../app/services';
import { PageHeader } from '../shared/PageHeader';
import { databasePath, tablePath } from '../shared/paths';
import { AgainOf } from './AgainOf';
import { AskForm } from './AskForm';
import { RestOf } from './RestOf';

/** The form with which access to a table or a whole database is asked for. */
export default function AskPage(): ReactNode {
  const { database = '', table } = useParams();
  const { sub } = usePerson();
  const [params] = useSearchParams();
  const [rest, again] = [params.get('rest'), params.get('again')];
  const source: Source = { database, table: table ?? '*' };
  const trail = [
    { text: 'Catalogue', href: '/' },
    { text: database, href: databasePath(database) },
    ...(table === undefined ? [] : [{ text: table, href: tablePath(database, table) }]),
  ];
  return (
    <>
      <PageHeader
        title={table === undefined ? `Ask for ${database}` : `Ask for ${database}.${table}`}
        trail={trail}
        lede={table === undefined ? 'The whole database, for one account.' : 'One table, for one account.'}
      />
      {rest !== null && table !== undefined ? (
        <RestOf source={source} id={rest} />
      ) : again !== null ? (
        <AgainOf source={source} id={again} />
      ) : (
        <AskForm key={JSON.stringify([sub, source])} source={source} renewal={null} />
      )}
    </>
  );
}
