import { useTranslation } from 'react-i18next'
import type { InboxHealth } from '../../api/queries/admin'
import { list } from '../../lib/list'
import { cx } from '../../ui/cx'

const COLOURS: Readonly<Record<string, string>> = {
  ok: 'bg-success',
  failing: 'bg-danger',
  reconnect: 'bg-danger',
  waiting: 'bg-warning',
}

/** How an inbox does as a whole: as bad as the worst of its parts; a paused one does nothing. */
export function wholeState(inboxState: string, health: InboxHealth | undefined): string {
  if (inboxState !== 'active') return inboxState
  const states = list(health?.parts).map((p) => p.state)
  if (states.includes('failing')) return 'failing'
  if (states.includes('waiting')) return 'waiting'
  if (states.includes('ok')) return 'ok'
  return states.length > 0 ? 'off' : 'waiting'
}

/** The colour of a state; its word stands beside it. */
export function HealthDot({ state }: { readonly state: string }) {
  return <span aria-hidden className={cx('size-2.5 flex-none rounded-full', COLOURS[state] ?? 'bg-control')} />
}

export function useHealthWord(): (state: string) => string {
  const { t } = useTranslation()
  const words: Readonly<Record<string, string>> = {
    ok: t('Works'),
    waiting: t('Not heard from yet'),
    failing: t('Fails'),
    reconnect: t('Must be connected again'),
    paused: t('Paused'),
    off: t('Off'),
    archived: t('Put away'),
  }
  return (state) => words[state] ?? state
}
