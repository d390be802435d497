import '@cloudscape-design/global-styles/index.css';
import 'virtual:lakeshare-theme.css';
import I18nProvider from '@cloudscape-design/components/i18n';
import type { ReactNode } from 'react';
import { Outlet } from 'react-router';
import { messages } from './messages';

/** What pages need that have parts of the component library. The catalogue has none, and comes without all of it. */
export default function Library(): ReactNode {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <Outlet />
    </I18nProvider>
  );
}
