import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const NAME = 'virtual:lakeshare-theme.css';

/**
 * Serves `build-tools/sheet.ts` as a style sheet.
 *
 * Cloudscape can set a theme in the browser, but only through a style element, which the page's content security
 * policy refuses. So the sheet is made here and ships as a file like any other.
 */
export function lakeshareTheme(): Plugin {
  return {
    name: 'lakeshare-theme',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    async load(id) {
      if (id !== `\0${NAME}`) return;
      return await sheet();
    },
  };
}

async function sheet(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: fileURLToPath(new URL('sheet.ts', import.meta.url)), write: false, minify: false },
  });
  const [chunk] = (result as Rolldown.RolldownOutput).output;
  const source = `data:text/javascript;base64,${Buffer.from(chunk.code).toString('base64')}`;
  return ((await import(source)) as { sheet: string }).sheet;
}
