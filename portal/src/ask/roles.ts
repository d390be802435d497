/** The roles of an account that are to read what is shared, as somebody types them: one a line. */
import { counted } from '../shared/format';

export const MOST_ROLES = 10;

const ROLE = /^arn:aws(?:-[a-z]+)*:iam::([0-9]{12}):role\/[A-Za-z0-9_+=,.@/-]{1,512}$/;

interface RolesCheck {
  /** What a request says of them, once all are right; each once. */
  roles: string[] | null;
  error: string;
}

/** Check roles as the workflow does, as far as that can be known here. */
export function checkRoles(text: string, account: string): RolesCheck {
  const lines = text.split('\n').map((line) => line.trim());
  const roles = [...new Set(lines.filter((line) => line !== ''))].sort();
  for (const role of roles) {
    const of = ROLE.exec(role)?.[1];
    if (of === undefined)
      return wrong(`“${role}” is no ARN of a role. It looks like arn:aws:iam::${account}:role/NAME.`);
    if (of !== account) return wrong(`“${role}” is a role of account ${of}, and access is for account ${account}.`);
  }
  if (roles.length > MOST_ROLES) return wrong(`${counted(roles.length, 'role')} are too many: at most ${MOST_ROLES}.`);
  return { roles, error: '' };
}

function wrong(error: string): RolesCheck {
  return { roles: null, error };
}
