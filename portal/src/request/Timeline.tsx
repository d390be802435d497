import Steps from '@cloudscape-design/components/steps';
import type { ReactNode } from 'react';
import type { Detail } from '../api/types';
import { type Step, timelineOf } from './timeline';

const SPOKEN: Partial<Record<Step['status'], string>> = {
  success: 'Done',
  pending: 'Waiting',
  'in-progress': 'In progress',
  stopped: 'Ended',
  warning: 'Note',
  error: 'Failed',
};

/** What has happened to a request, oldest first. */
export function Timeline({ request }: { request: Detail }): ReactNode {
  return (
    <section className="ls-card" aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <Steps
        ariaLabelledby="timeline"
        steps={timelineOf(request).map((step) => ({
          status: step.status,
          statusIconAriaLabel: SPOKEN[step.status] ?? 'Step',
          header: <span className="ls-step-title">{step.title}</span>,
          details: <StepDetails step={step} />,
        }))}
      />
    </section>
  );
}

export function StepDetails({ step }: { step: Step }): ReactNode {
  const when = [step.at, step.by && `by ${step.by}`].filter(Boolean).join(', ');
  return (
    <div className="ls-step">
      {when !== '' && <p className="ls-quiet ls-small ls-break">{when}</p>}
      {step.text !== '' && <p className="ls-break">{step.text}</p>}
      {step.quote !== '' && <blockquote className="ls-quote">{step.quote}</blockquote>}
    </div>
  );
}
