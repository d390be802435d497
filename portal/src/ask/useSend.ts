import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { ApiError } from '../api/problem';
import type { Created } from '../api/client';
import type { Source, Target, Wish } from '../api/types';
import { useServices } from '../app/services';
import { requestPath } from '../shared/paths';
import type { Draft } from './draft';

/** A draft that is sent, with its end and what it renews, and for whom it is. */
export type Sent = Pick<Draft, 'purpose' | 'token'> & { target: Target; wish: Wish };

/** Sends a draft, and goes to the request that it becomes. `sent` is called with the account when it has become one. */
export function useSend(source: Source, sent: (account: string) => void): UseMutationResult<Created, Error, Sent> {
  const { api } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ target, purpose, token, wish }: Sent) =>
      api.create({ client_token: token, source, target, purpose: purpose.trim(), ...wish }),
    onSuccess: ({ request, made }, { target }) => {
      sent(target.account_id);
      queries.setQueryData(['request', request.id], request);
      void queries.invalidateQueries({ queryKey: ['requests'] });
      void navigate(requestPath(request.id), { state: { wasOpen: !made } });
    },
  });
}

interface FieldErrors {
  account?: string;
  purpose?: string;
  ending?: string;
  part?: string;
  roles?: string;
  /** Whether the error belongs to no field. */
  none: boolean;
}

/** Which fields of the form an answer speaks of. */
export function fieldErrorsOf(error: unknown): FieldErrors {
  const errors: FieldErrors = { none: true };
  if (!(error instanceof ApiError)) return errors;
  for (const { field, message } of error.fields) {
    if (field.includes('account_id')) errors.account = message;
    else if (field.startsWith('target.roles')) errors.roles = message;
    else if (field === 'purpose') errors.purpose = message;
    else if (/^(scope|columns|filter)/.test(field)) errors.part = message;
    else if (field === 'until' || field === 'days') errors.ending = message;
  }
  if (error.reason === 'InvalidTarget' || error.reason === 'TargetIsCentral' || error.reason === 'ConsumerNotAllowed') {
    errors.account ??= error.message;
  }
  errors.none = [errors.account, errors.purpose, errors.ending, errors.part, errors.roles].every(
    (each) => each === undefined,
  );
  return errors;
}
