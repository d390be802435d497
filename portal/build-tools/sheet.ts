/** Lakeshare's colours for Cloudscape, as a style sheet. `build-tools/theme.ts` runs this when the page is built. */
import { generateThemeStylesheet, type Theme } from '@cloudscape-design/components/theming';

const teal = { light: '#0f5567', dark: '#7cc7d9' };
const tealHover = { light: '#0a3e4c', dark: '#a3dbe8' };
const tealPale = { light: '#eaf3f5', dark: '#16303a' };
const onTeal = { light: '#ffffff', dark: '#0d1519' };
const text = { light: '#1b2731', dark: '#e6ebee' };
const quiet = { light: '#55626d', dark: '#a5b2bb' };
const paper = { light: '#ffffff', dark: '#1a2227' };
const ground = { light: '#f6f5f1', dark: '#11171b' };
const line = { light: '#dddbd2', dark: '#2e3940' };

const sans = `-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif`;
const mono = `ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace`;

const theme: Theme = {
  tokens: {
    fontFamilyBase: sans,
    fontFamilyHeading: sans,
    fontFamilyDisplay: sans,
    fontFamilyMonospace: mono,
    borderRadiusContainer: '12px',
    borderRadiusAlert: '10px',
    borderRadiusFlashbar: '10px',
    colorBackgroundLayoutMain: ground,
    colorBackgroundContainerContent: paper,
    colorBackgroundContainerHeader: paper,
    colorBackgroundInputDefault: { light: '#ffffff', dark: '#11171b' },
    colorBorderDividerDefault: line,
    colorBorderDividerSecondary: line,
    colorTextBodyDefault: text,
    colorTextBodySecondary: quiet,
    colorTextHeadingDefault: text,
    colorTextLabel: quiet,
    colorTextFormSecondary: quiet,
    colorTextEmpty: quiet,
    colorTextAccent: teal,
    colorTextLinkDefault: teal,
    colorTextLinkHover: tealHover,
    colorBackgroundButtonPrimaryDefault: teal,
    colorBackgroundButtonPrimaryHover: tealHover,
    colorBackgroundButtonPrimaryActive: tealHover,
    colorTextButtonPrimaryDefault: onTeal,
    colorTextButtonPrimaryHover: onTeal,
    colorTextButtonPrimaryActive: onTeal,
    colorBorderButtonNormalDefault: teal,
    colorBorderButtonNormalHover: tealHover,
    colorBorderButtonNormalActive: tealHover,
    colorTextButtonNormalDefault: teal,
    colorTextButtonNormalHover: tealHover,
    colorTextButtonNormalActive: tealHover,
    colorBackgroundButtonNormalHover: tealPale,
    colorBackgroundButtonNormalActive: tealPale,
    colorBackgroundButtonLinkHover: tealPale,
    colorBackgroundButtonLinkActive: tealPale,
    colorTextButtonLinkDefault: teal,
    colorTextButtonLinkHover: tealHover,
    colorTextButtonLinkActive: tealHover,
    colorBackgroundToggleButtonNormalPressed: tealPale,
    colorBackgroundControlChecked: teal,
    colorBackgroundItemSelected: tealPale,
    colorBorderItemSelected: teal,
    colorBorderItemFocused: teal,
    colorBorderInputFocused: teal,
    colorBackgroundSegmentActive: teal,
    colorBackgroundProgressBarValueDefault: teal,
    colorTextInteractiveHover: tealHover,
    colorTextLayoutToggleHover: teal,
    colorBackgroundLayoutToggleSelectedDefault: teal,
    colorBackgroundLayoutToggleSelectedHover: tealHover,
    colorBackgroundLayoutToggleSelectedActive: tealHover,
    colorTextBreadcrumbCurrent: quiet,
    colorTextSideNavigationItemActive: teal,
  },
};

export const sheet = generateThemeStylesheet({ theme });
