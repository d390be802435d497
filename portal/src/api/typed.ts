/** What the API's document says of each call: which there are, what they take, what they give. */
import type { paths } from './openapi';

/** The paths that take a method. */
export type PathOf<M extends 'get' | 'post'> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends 'get' | 'post'> = paths[P] extends Record<M, infer O> ? O : never;

/** The query of a call. */
export type QueryOf<P extends PathOf<'get'>> =
  Operation<P, 'get'> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

/** The variables in a path. */
export type VariablesOf<P extends keyof paths, M extends 'get' | 'post'> =
  Operation<P, M> extends { parameters: { path: infer V } } ? V : undefined;

/** What is sent. */
export type BodyOf<P extends PathOf<'post'>> =
  Operation<P, 'post'> extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;

/** What comes back when all is well. */
export type AnswerOf<P extends keyof paths, M extends 'get' | 'post'> =
  Operation<P, M> extends { responses: { 200: { content: { 'application/json': infer A } } } }
    ? A
    : // What goes on in an execution is taken, and not done yet.
      Operation<P, M> extends { responses: { 202: { content: { 'application/json': infer A } } } }
      ? A
      : never;
