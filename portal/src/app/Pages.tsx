import { type ReactNode, Suspense, lazy, useEffect, useRef } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import Home from '../catalogue/Home';
import { CrashGuard } from '../shared/CrashGuard';
import { PageSkeleton } from '../shared/PageSkeleton';
import { NotFoundPage } from './NotFoundPage';
import { Shell } from './Shell';

const Library = lazy(() => import('./Library'));
const DatabasePage = lazy(() => import('../database/DatabasePage'));
const TablePage = lazy(() => import('../table/TablePage'));
const AskPage = lazy(() => import('../ask/AskPage'));
const RenewPage = lazy(() => import('../ask/RenewPage'));
const RequestsPage = lazy(() => import('../requests/RequestsPage'));
const RequestPage = lazy(() => import('../request/RequestPage'));
const MySharesPage = lazy(() => import('../myshares/MySharesPage'));
const SharePage = lazy(() => import('../share/SharePage'));
const RenewSharePage = lazy(() => import('../ask/RenewSharePage'));
const OurDataPage = lazy(() => import('../ourdata/OurDataPage'));
const AuditPage = lazy(() => import('../audit/AuditPage'));
const DecisionsPage = lazy(() => import('../decisions/DecisionsPage'));
const DecisionPage = lazy(() => import('../decisions/DecisionPage'));
const ExecutionsPage = lazy(() => import('../executions/ExecutionsPage'));
const FindingsPage = lazy(() => import('../drift/FindingsPage'));
const ExecutionPage = lazy(() => import('../execution/ExecutionPage'));

/** All pages and their addresses. */
export function Pages(): ReactNode {
  const { pathname } = useLocation();
  useScrollToTop(pathname);
  return (
    <Shell>
      <CrashGuard key={pathname}>
        <Suspense fallback={<PageSkeleton />}>
          <Routes>
            <Route path="/" element={<Home />} />
            <Route path="/databases" element={<Navigate to="/" replace />} />
            <Route path="/databases/:database" element={<DatabasePage />} />
            <Route path="/databases/:database/tables/:table" element={<TablePage />} />
            <Route element={<Library />}>
              <Route path="/databases/:database/request" element={<AskPage />} />
              <Route path="/databases/:database/tables/:table/request" element={<AskPage />} />
              <Route path="/requests" element={<RequestsPage />} />
              <Route path="/requests/:id" element={<RequestPage />} />
              <Route path="/requests/:id/renew" element={<RenewPage />} />
              <Route path="/shares" element={<MySharesPage />} />
              <Route path="/shares/:id" element={<SharePage />} />
              <Route path="/shares/:id/renew" element={<RenewSharePage />} />
              <Route path="/our-data" element={<OurDataPage />} />
              <Route path="/audit" element={<AuditPage />} />
              <Route path="/decisions" element={<DecisionsPage />} />
              <Route path="/decisions/:id" element={<DecisionPage />} />
              <Route path="/drift" element={<FindingsPage />} />
              <Route path="/executions" element={<ExecutionsPage />} />
              <Route path="/executions/:name" element={<ExecutionPage />} />
            </Route>
            <Route path="/callback" element={<Navigate to="/" replace />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </CrashGuard>
    </Shell>
  );
}

function useScrollToTop(pathname: string): void {
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) scrollTo(0, 0);
    before.current = pathname;
  }, [pathname]);
}
