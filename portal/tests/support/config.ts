import type { PortalConfig } from '../../src/app/config';

export const CONFIG: PortalConfig = {
  region: 'us-east-1',
  userPoolId: 'us-east-1_pool',
  clientId: 'client',
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool',
  signIn: {
    authorizationEndpoint: 'https://sign-in.example/oauth2/authorize',
    tokenEndpoint: 'https://sign-in.example/oauth2/token',
    revocationEndpoint: 'https://sign-in.example/oauth2/revoke',
    logoutUrl: 'https://sign-in.example/logout',
  },
  centralAccount: '123456789012',
  apiBase: '/api',
  auditorsGroup: 'auditors',
};
