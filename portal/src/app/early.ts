/** What `public/start.js` has asked for before this script was here. Each answer is taken once. */
interface Early {
  config?: Promise<Response>;
  answers: Map<string, { token: string; response: Promise<Response> }>;
}

declare global {
  interface Window {
    lakeshareEarly?: Early;
  }
}

/** The answer with the stack's config; `undefined`: nobody has asked for it yet. */
export function earlyConfig(): Promise<Response> | undefined {
  const config = window.lakeshareEarly?.config;
  delete window.lakeshareEarly?.config;
  return config;
}

/** The API's answer to a `GET` of `path` with this very token; `undefined`: nobody has asked for it yet. */
export function earlyAnswer(path: string, token: string): Promise<Response> | undefined {
  const answers = window.lakeshareEarly?.answers;
  const early = answers?.get(path);
  answers?.delete(path);
  return early?.token === token ? early.response : undefined;
}
