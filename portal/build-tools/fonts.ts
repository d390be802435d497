import type { Plugin } from 'vite';

/**
 * Leaves the fonts out of Cloudscape's global styles: they stand inline there, 200 KB of them, and the page uses the
 * system's own. What is left is a layer: it is loaded after the page's own styles, and must not win over them.
 */
export function withoutFonts(): Plugin {
  return {
    name: 'without-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@cloudscape-design/global-styles/index.css')) return;
      const left = code.replace(/@font-face\s*\{[^}]*\}/g, '');
      if (left.includes('data:font')) this.error('A font is still in the global styles of Cloudscape.');
      return { code: `@layer library {${left}}`, map: null };
    },
  };
}
