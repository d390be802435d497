import type { ReactNode } from 'react';
import { PageHeader } from '../shared/PageHeader';
import { TextLink } from '../shared/TextLink';

export function NotFoundPage(): ReactNode {
  return (
    <>
      <PageHeader title="There is no such page" trail={[]} />
      <p>
        The address may be mistyped, or the page has moved. <TextLink href="/">Go to the catalogue</TextLink>
      </p>
    </>
  );
}
