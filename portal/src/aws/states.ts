import type { AwsClient, Service } from './client';

export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number] | 'PENDING_REDRIVE';

/** Times are seconds since 1970. */
export interface ExecutionSummary {
  executionArn: string;
  name: string;
  status: ExecutionStatus;
  startDate: number;
  stopDate?: number | null;
}

export interface Execution extends ExecutionSummary {
  input?: string | null;
  output?: string | null;
  error?: string | null;
  cause?: string | null;
}

/** The workflow's executions. Only what lists and describes them: the history holds task tokens. */
export class States {
  readonly #service: Service;

  constructor(
    private readonly aws: AwsClient,
    endpoint: string,
    private readonly stateMachineArn: string,
  ) {
    this.#service = { name: 'states', endpoint, target: 'AWSStepFunctions', version: '1.0' };
  }

  /** A page of executions, newest first. */
  async executions(status: ExecutionStatus | null, next: string | null, signal?: AbortSignal): Promise<ExecutionPage> {
    const page = await this.aws.call<{ executions?: ExecutionSummary[]; nextToken?: string }>(
      this.#service,
      'ListExecutions',
      {
        stateMachineArn: this.stateMachineArn,
        maxResults: 25,
        ...(status === null ? {} : { statusFilter: status }),
        ...(next === null ? {} : { nextToken: next }),
      },
      signal,
    );
    return { items: page.executions ?? [], next: page.nextToken ?? null };
  }

  /** One execution, by its name, which is the request's id. */
  execution(name: string, signal?: AbortSignal): Promise<Execution> {
    return this.aws.call(this.#service, 'DescribeExecution', { executionArn: this.arnOf(name) }, signal);
  }

  arnOf(name: string): string {
    return `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}

export interface ExecutionPage {
  items: ExecutionSummary[];
  next: string | null;
}
