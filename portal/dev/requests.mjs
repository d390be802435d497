// A stand-in for the requests API: it knows the shapes, and moves requests on as time passes.
const DAY = 86_400_000;
const CENTRAL = '123456789012';
const OWNER = { account_id: '222222222222', name: 'Retail - Reviews' };

const STORE = { account_id: '111111111111', name: 'Retail - Store Operations' };

export class Requests {
  constructor({ tables }) {
    this.tables = tables;
    this.all = new Map();
    this.tokens = new Map();
    for (const request of samples()) this.all.set(request.id, request);
  }

  preview({ source, target }) {
    const account = target?.account_id ?? '';
    const base = { reason: null, owner: OWNER, grounds: [], grounds_total: 0, scope: 'table', warnings: [] };
    const nothing = { ...base, outcome: 'refused', owner: null, scope: null, tables_total: 0, columns_total: 0 };
    if (account === '666666666666') {
      const message = `Account ${account} is not among the consumer accounts of this data lake (config consumerAccounts).`;
      return { ...nothing, reason: 'ConsumerNotAllowed', message };
    }
    const its = this.tables.get(source.database) ?? [];
    const wanted = source.table === '*' ? its : its.filter(({ Name }) => Name === source.table);
    if (wanted.length === 0) {
      return {
        ...nothing,
        reason: 'NothingToShare',
        message: `Database '${source.database}' has no table that Lakeshare can see.`,
      };
    }
    const grounds = wanted.flatMap(({ Name, StorageDescriptor }) =>
      (StorageDescriptor?.Columns ?? [])
        .filter(({ Parameters }) => Parameters?.pii_flag || Parameters?.PII_Flag)
        .map((column) => ({
          rule: column.Parameters.PII_Flag ? 'UnreadableFlag' : 'ColumnFlagged',
          table: Name,
          column: column.Name,
          text: `${Name}.${column.Name}`,
        })),
    );
    if (source.database === 'amazon' && source.table === '*')
      grounds.unshift({ rule: 'DatabaseFlagged', text: 'the database' });
    const columns = wanted.reduce((sum, each) => sum + (each.StorageDescriptor?.Columns.length ?? 0), 0);
    return {
      ...base,
      outcome: grounds.length ? 'ask' : 'share',
      message: '',
      owner: source.database === 'retail' ? STORE : OWNER,
      grounds: grounds.slice(0, 100),
      grounds_total: grounds.length,
      tables_total: wanted.length,
      columns_total: columns,
      scope: source.table === '*' ? (grounds.length ? 'wildcard' : 'tables') : 'table',
      warnings:
        source.table === 'wide'
          ? [
              'The location of the table’s data is not registered with Lake Formation: the account will see the metadata there, but no data.',
            ]
          : [],
    };
  }

  create(body) {
    const known = this.tokens.get(body.client_token);
    const content = JSON.stringify([body.source, body.target, body.reason]);
    if (known)
      return known.content === content
        ? [200, this.get(known.id)]
        : [409, { title: 'Conflict', detail: 'This client token was used for another request.' }];
    if (!/^[0-9]{12}$/.test(body.target.account_id)) {
      return [
        400,
        {
          title: 'Bad request',
          reason: 'InvalidTarget',
          detail: 'target.account_id must be 12 digits.',
          errors: [{ field: 'target.account_id', message: 'An account id has 12 digits.' }],
        },
      ];
    }
    const id = Math.random().toString(16).slice(2).padEnd(40, '0').slice(0, 40);
    const found = this.preview(body);
    this.tokens.set(body.client_token, { id, content });
    this.all.set(id, {
      ...request(id, 'RECEIVED', body.source, body.target.account_id, Date.now()),
      purpose: body.reason || null,
      owner: found.owner,
      found,
    });
    return [201, this.get(id)];
  }

  get(id) {
    const it = this.all.get(id);
    if (it?.found) this.#moveOn(it);
    return it;
  }

  list() {
    return [...this.all.keys()].map((id) => this.get(id)).sort((a, b) => b.received_at.localeCompare(a.received_at));
  }

  #moveOn(it) {
    const age = Date.now() - Date.parse(it.received_at);
    const said = new Set(it.history.map(({ event }) => event));
    const say = (event, detail) =>
      said.has(event) || it.history.push({ at: new Date().toISOString(), event, ...(detail ? { detail } : {}) });
    const { found } = it;
    if (age > 1500) {
      it.classification = classification(found);
      say('Classified', it.classification.summary);
    }
    if (age > 2500 && found.outcome === 'ask') {
      it.status = 'WAITING';
      it.expires_at = new Date(Date.parse(it.received_at) + 7 * DAY).toISOString();
      say('ApprovalRequested', 'A mail went to 1 approver(s).');
    }
    if (age > 2500 && found.outcome === 'share') {
      say('AutomaticallyApproved');
      it.status = 'SHARING';
      if (age > 4000) {
        it.status = 'SHARED';
        it.granted = { tables: found.tables_total, names: [it.source.table], database: false, wildcard: false };
        it.message = `Table ${it.source.database}.${it.source.table} is shared with account ${it.target.account_id}. No approval was needed.`;
        it.closed_at ??= new Date().toISOString();
        say('Shared');
      }
    }
  }
}

function classification(found) {
  const summary = found.grounds_total
    ? `Personal data: ${found.grounds
        .slice(0, 3)
        .map(({ text }) => text)
        .join(', ')}.`
    : `Nothing in it is personal data: ${found.columns_total} columns and partition keys in 1 table were read.`;
  return { ...found, needs_approval: found.grounds_total > 0, summary, unregistered: [], unregistered_total: 0 };
}

function request(id, status, source, account, at, more = {}) {
  return {
    id,
    status,
    source,
    reason: null,
    message: null,
    closed_at: null,
    purpose: null,
    expires_at: null,
    classification: null,
    decision: null,
    granted: null,
    owner: OWNER,
    target: { account_id: account },
    requester: { email: 'alex@consumer.example' },
    received_at: new Date(at).toISOString(),
    execution_arn: `arn:aws:states:us-east-1:${CENTRAL}:execution:lakeshare:${id}`,
    history: [{ at: new Date(at).toISOString(), event: 'Received' }],
    ...more,
  };
}

function samples() {
  const ago = (days) => Date.now() - days * DAY;
  const iso = (days) => new Date(ago(days)).toISOString();
  const grounds = ['c_salutation', 'c_first_name', 'c_last_name', 'c_email_address'].map((column) => ({
    rule: 'ColumnFlagged',
    table: 'customer',
    column,
    text: `customer.${column}`,
  }));
  const personal = {
    needs_approval: true,
    summary: 'Personal data: customer.c_salutation, customer.c_first_name, customer.c_last_name and 1 more.',
    scope: 'table',
    grounds,
    grounds_total: 4,
    tables_total: 1,
    columns_total: 18,
    unregistered: [],
    unregistered_total: 0,
  };
  const asked = (days) => [
    { at: iso(days), event: 'Received' },
    { at: iso(days), event: 'Classified', detail: personal.summary },
    { at: iso(days), event: 'ApprovalRequested', detail: 'A mail went to 2 approver(s).' },
  ];
  const yes = {
    action: 'approve',
    at: iso(1.5),
    comment: 'Fine for the churn model.\nPlease drop the names once it is trained.',
    approver: 'dana@retail.example',
    approver_verified: true,
  };
  const no = {
    action: 'deny',
    at: iso(3),
    comment: 'Ask for customer_address instead; you do not need the names.',
    approver: 'dana@retail.example',
    approver_verified: false,
  };
  const customer = { database: 'retail', table: 'customer' };
  return [
    request('a'.repeat(40), 'SHARED', customer, '999999999999', ago(2), {
      owner: STORE,
      purpose: 'Churn model of the web team, phase 2: we need the birth month and country of each customer, not names.',
      classification: personal,
      decision: yes,
      closed_at: iso(1.5),
      granted: { tables: 1, names: ['customer'], database: false, wildcard: false },
      message: 'Table retail.customer is shared with account 999999999999. The owner of the data approved.',
      history: [
        ...asked(2),
        { at: iso(1.5), event: 'Approved', by: 'dana@retail.example', detail: yes.comment },
        { at: iso(1.5), event: 'Shared' },
      ],
    }),
    request('b'.repeat(40), 'DENIED', customer, '999999999999', ago(4), {
      owner: STORE,
      reason: 'Denied',
      classification: personal,
      decision: no,
      closed_at: iso(3),
      message: 'The owner of the data denied the request.',
      history: [...asked(4), { at: iso(3), event: 'Denied', by: no.approver, detail: no.comment }],
    }),
    request('c'.repeat(40), 'REFUSED', { database: 'edge', table: 'linked' }, '999999999999', ago(5), {
      owner: null,
      reason: 'ResourceLink',
      closed_at: iso(5),
      message: "Table 'edge.linked' is a resource link. Ask the account that owns what it leads to.",
      history: [
        { at: iso(5), event: 'Received' },
        { at: iso(5), event: 'Refused', detail: 'ResourceLink' },
      ],
    }),
    request('d'.repeat(40), 'FAILED', { database: 'transport', table: '*' }, '888888888888', ago(6), {
      reason: 'AwsUnavailable',
      closed_at: iso(6),
      message: 'AWS could not be reached: grant tables.',
      granted: { tables: 1, names: ['yellow_tripdata'], database: true, wildcard: false },
      history: [
        { at: iso(6), event: 'Received' },
        { at: iso(6), event: 'Failed', detail: 'AwsUnavailable' },
      ],
    }),
    request('e'.repeat(40), 'EXPIRED', { database: 'amazon', table: '*' }, '999999999999', ago(12), {
      reason: 'ApprovalTimedOut',
      closed_at: iso(5),
      message: 'Nobody decided in time.',
      history: [...asked(12), { at: iso(5), event: 'Expired' }],
    }),
    request('f'.repeat(40), 'WAITING', { database: 'amazon', table: '*' }, '999999999999', ago(0.2), {
      classification: {
        ...personal,
        scope: 'wildcard',
        grounds: [{ rule: 'DatabaseFlagged', text: 'the database' }],
        grounds_total: 1,
      },
      expires_at: iso(-6.8),
      history: asked(0.2),
    }),
  ];
}
