import axe from 'axe-core';

/** Faults that axe finds in the document, in words. Colours need a real browser: tests/portal looks at those. */
export async function axeFaults(): Promise<string[]> {
  const { violations } = await axe.run(document, {
    resultTypes: ['violations'],
    rules: { 'color-contrast': { enabled: false }, 'html-has-lang': { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`);
}
