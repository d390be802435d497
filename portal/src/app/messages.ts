import type { I18nProviderProps } from '@cloudscape-design/components/i18n';

/** Cloudscape's own texts, as far as the page uses them: its complete list is 47 KB. */
export const messages: I18nProviderProps.Messages = {
  'cloudscape-design-components': {
    en: {
      alert: {
        'i18nStrings.successIconAriaLabel': 'Success',
        'i18nStrings.errorIconAriaLabel': 'Error',
        'i18nStrings.warningIconAriaLabel': 'Warning',
        'i18nStrings.infoIconAriaLabel': 'Note',
      },
      'breadcrumb-group': { expandAriaLabel: 'Show path' },
      'copy-to-clipboard': { 'i18nStrings.copyButtonText': 'Copy' },
      'form-field': { 'i18nStrings.errorIconAriaLabel': 'Error', 'i18nStrings.warningIconAriaLabel': 'Warning' },
      input: { clearAriaLabel: 'Clear' },
      modal: { closeAriaLabel: 'Close' },
      pagination: {
        'ariaLabels.nextPageLabel': 'Next page',
        'ariaLabels.pageLabel': 'Page {pageNumber}',
        'ariaLabels.previousPageLabel': 'Previous page',
      },
      popover: { dismissAriaLabel: 'Close' },
      select: { selectedAriaLabel: 'Selected' },
      table: { 'ariaLabels.sortAscending': 'ascending', 'ariaLabels.sortDescending': 'descending' },
    },
  },
};
