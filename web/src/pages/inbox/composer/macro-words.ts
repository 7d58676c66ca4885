import type { TFunction } from 'i18next'
import type { MacroActions } from '../../../api/desk'
import { statusWords } from '../status'

/** What else a macro does when the answer is sent; empty when it is only words. */
export function macroActionWords(t: TFunction, a: MacroActions | null | undefined): string {
  if (!a) return ''
  const parts = [
    a.status ? t('sets “{{status}}”', { status: t(statusWords[a.status]) }) : '',
    a.add_tags && a.add_tags.length > 0 ? t('adds {{count}} labels', { count: a.add_tags.length }) : '',
    a.assignee ? t('assigns it') : '',
    a.priority !== undefined ? t('sets the priority') : '',
  ].filter(Boolean)
  return parts.length > 0 ? t('When sent it {{parts}}.', { parts: parts.join(', ') }) : ''
}
