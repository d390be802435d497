import Button from '@cloudscape-design/components/button';
import DateInput, { type DateInputProps } from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup, { type RadioGroupProps } from '@cloudscape-design/components/radio-group';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { checkEnd } from '../ask/ending';
import { ApiError } from '../api/problem';
import type { NewDecision, Question } from '../api/types';
import type { Choice } from '../ask/part';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { GivenColumns, useGivable } from './GivenColumns';
import { PortalError } from '../shared/errors';
import { dayOf, moment, number } from '../shared/format';

const LONGEST_COMMENT = 2000;

type Action = NewDecision['action'];

/** Approve, approve for less long, or deny; with a comment. Nothing is chosen before somebody chooses. */
export function DecideForm({ question }: { question: Question }): ReactNode {
  const { api } = useServices();
  const queries = useQueryClient();
  const [action, setAction] = useState<Action | null>(null);
  const [until, setUntil] = useState('');
  const [given, setGiven] = useState<string[] | null>(null);
  const givable = useGivable(question);
  const [comment, setComment] = useState('');
  const [checked, setChecked] = useState(false);
  const choice = useRef<RadioGroupProps.Ref>(null);
  const day = useRef<DateInputProps.Ref>(null);
  const text = useRef<TextareaProps.Ref>(null);
  const decided = useMutation({
    mutationFn: (decision: NewDecision) => api.decide(question.id, decision),
    onSuccess: ({ decision }) => {
      queries.setQueryData(['decision', question.id], { ...question, decision });
      void queries.invalidateQueries({ queryKey: ['decisions'] });
      // The button that had the focus is gone; the title says what came of it.
      document.querySelector<HTMLElement>('h1')?.focus();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.trouble === 'conflict') {
        void queries.invalidateQueries({ queryKey: ['decision', question.id] });
      }
    },
  });
  const untilError = action === 'approve' ? errorOfDay(until, question.latest_day) : '';
  const fewer = action === 'approve' && givable.kind === 'columns' ? fewerOf(givable.choices, given) : null;
  const columnsError = fewer?.error ?? '';
  const commentError =
    comment.length > LONGEST_COMMENT ? `A comment has at most ${number(LONGEST_COMMENT)} characters.` : '';
  const fromServer = (field: string) =>
    decided.error instanceof ApiError ? decided.error.fields.find(({ field: name }) => name === field)?.message : null;
  const none = ['until', 'comment', 'columns'].every((field) => fromServer(field) == null);
  const send = () => {
    setChecked(true);
    if (action === null) choice.current?.focus();
    else if (untilError !== '') day.current?.focus();
    else if (columnsError !== '') document.querySelector<HTMLElement>('[role=listbox]')?.focus();
    else if (commentError !== '') text.current?.focus();
    else if (!decided.isPending) {
      decided.mutate({
        action,
        round: question.round,
        ...(action === 'approve' && until !== '' ? { until } : {}),
        ...(fewer === null ? {} : { columns: fewer.columns }),
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
      });
    }
  };
  const touch = () => {
    if (decided.error) decided.reset();
  };
  return (
    <section className="ls-card" aria-labelledby="decide">
      <h2 id="decide">Your decision</h2>
      <form
        className="ls-fields"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {question.expires_at !== null && (
          <p>
            If nobody decides by {moment(question.expires_at)}, nothing {question.remains && 'more '}is shared.
          </p>
        )}
        <FormField label="Do you approve it?" errorText={checked && action === null ? 'Choose one of the two.' : ''}>
          <RadioGroup
            ref={choice}
            value={action}
            ariaRequired
            items={[
              { value: 'approve', label: 'Approve', description: 'The data are shared at once.' },
              { value: 'deny', label: 'Deny', description: 'Nothing is shared. They can ask again.' },
            ]}
            onChange={({ detail }) => {
              setAction(detail.value === 'approve' ? 'approve' : 'deny');
              touch();
            }}
          />
        </FormField>
        {action === 'approve' && (
          <FormField
            label={
              <span>
                Last day <span className="ls-quiet ls-weight-normal">– optional</span>
              </span>
            }
            description="To give access for less long than was asked for. It ends with that day in UTC."
            constraintText={`At the latest ${dayOf(question.latest_day)}.`}
            errorText={fromServer('until') ?? (checked || until.length >= 10 ? untilError : '')}
          >
            <DateInput
              ref={day}
              value={until}
              format="iso"
              placeholder="YYYY-MM-DD"
              onChange={({ detail }) => {
                setUntil(detail.value);
                touch();
              }}
            />
          </FormField>
        )}
        {action === 'approve' && givable.kind === 'loading' && <Skeleton height="3rem" />}
        {action === 'approve' && givable.kind === 'columns' && (
          <GivenColumns
            choices={givable.choices}
            given={given}
            isPart={question.in_brief !== undefined}
            error={fromServer('columns') ?? (checked ? columnsError : '')}
            onChange={(left) => {
              setGiven(left);
              touch();
            }}
          />
        )}
        <FormField
          label={
            <span>
              Comment <span className="ls-quiet ls-weight-normal">– optional</span>
            </span>
          }
          description="Whoever asked can read it, with your name."
          constraintText={`${number(comment.length)} of ${number(LONGEST_COMMENT)} characters`}
          errorText={fromServer('comment') ?? commentError}
        >
          <Textarea
            ref={text}
            value={comment}
            rows={3}
            onChange={({ detail }) => {
              setComment(detail.value);
              touch();
            }}
          />
        </FormField>
        {decided.error !== null && none && (
          <Problem
            error={decided.error}
            header={headerOf(decided.error)}
            onRetry={decided.error instanceof PortalError && decided.error.passing ? send : undefined}
            texts={
              decided.error instanceof PortalError
                ? { forbidden: decided.error.message, 'not-found': 'You do not answer for these data any more.' }
                : {}
            }
          />
        )}
        <Button variant="primary" formAction="submit" loading={decided.isPending} loadingText="Sending your decision">
          {action === null ? 'Send the decision' : action === 'approve' ? 'Approve access' : 'Deny access'}
        </Button>
      </form>
    </section>
  );
}

/** What is given where that is less than was asked for, and what is wrong with it; `null`: it is all. */
function fewerOf(
  choices: readonly Choice[],
  given: readonly string[] | null,
): { columns: string[]; error: string } | null {
  if (given === null) return null;
  const left = new Set(given);
  const columns = choices.filter(({ name, fixed }) => fixed || left.has(name)).map(({ name }) => name);
  if (columns.length === choices.length) return null;
  return { columns, error: left.size === 0 ? 'Give one column at least, or deny the request.' : '' };
}

/** A day that is there must be one on which the access can end. */
function errorOfDay(until: string, latest: string): string {
  if (until === '') return '';
  const { error } = checkEnd({ endKind: 'until', until, days: '' }, null);
  if (error !== '') return error;
  return until > latest ? `It was asked for until ${dayOf(latest)} at most; an approval can only shorten it.` : '';
}

function headerOf(error: Error): string {
  const reason = error instanceof ApiError ? error.reason : null;
  return reason === 'DecisionNotKnown' ? 'It is not known whether it was taken' : 'Your decision was not taken';
}
