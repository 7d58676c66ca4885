import { useQueryClient } from '@tanstack/react-query'
import { Plus, Waypoints } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Interaction } from '../../api/types'
import { isClosed, percent, stateLabel } from '../../lib/words'
import { cx } from '../../ui/cx'
import { Meter } from '../../ui/meter'
import { Popover } from '../../ui/popover'
import { journeyTitle } from './band'
import { move } from './moves'
import { useCustomerView } from './view'

/** Why a contact is in its journey, and where else it could go. */
export function LinkWhy({ item }: { readonly item: Interaction }) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const client = useQueryClient()
  const link = item.link
  if (!link) return null
  const others = [...view.journeys.values()]
    .filter((j) => j.id !== item.journey_id)
    .sort((a, b) => Number(isClosed(a.state)) - Number(isClosed(b.state)) || (a.last_at < b.last_at ? 1 : -1))
    .slice(0, 6)
  const go = (journeyId: string) => {
    view.setWhy('')
    move(client, item, journeyId)
  }
  const row = '-mx-2 flex min-h-8 items-center gap-2 rounded-control px-2 text-left hover:bg-sunken'
  return (
    <Popover
      label={t('Why it belongs to this journey')}
      align="end"
      open={view.why === item.id}
      onOpenChange={(open) => view.setWhy(open ? item.id : '')}
      trigger={
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 rounded-control px-1.5 text-label text-muted hover:bg-sunken hover:text-text data-[state=open]:bg-sunken"
        >
          <Waypoints aria-hidden className="!size-3.5" />
          <span className="sr-only">{t('Why here? Linked')}</span>
          <span className={cx('tabular-nums max-md:sr-only', link.confidence < 0.7 && 'text-warning-text')}>
            {byPerson(link.by) ? t('by hand') : percent(link.confidence)}
          </span>
        </button>
      }
    >
      <div className="flex flex-col gap-3">
        <div>
          <p className="font-semibold">{t('Why in this journey?')}</p>
          <p className="mt-1 text-read">{link.reason}</p>
        </div>
        {byPerson(link.by) ? null : (
          <div className="flex items-center gap-2">
            <Meter
              value={link.confidence}
              label={t('Confidence')}
              className="flex-1"
              tone={link.confidence < 0.7 ? 'warning' : 'accent'}
            />
            <span className="text-label tabular-nums">{t('{{sure}} sure', { sure: percent(link.confidence) })}</span>
          </div>
        )}
        <div>
          <p className="caps mb-1">{t('Not right? Move it to')}</p>
          <div className="flex flex-col">
            {others.map((j) => (
              <button key={j.id} type="button" className={row} onClick={() => go(j.id)}>
                <span className="size-2 flex-none rounded-full" style={{ background: view.hue(j.id) }} />
                <span className="min-w-0 flex-1 truncate">{journeyTitle(j)}</span>
                <span className="text-label text-muted">{t(stateLabel(j.state))}</span>
              </button>
            ))}
            <button type="button" className={row} onClick={() => go('')}>
              <Plus aria-hidden className="!size-3.5 text-muted" />
              {t('A new journey')}
            </button>
          </div>
        </div>
        <p className="border-t border-line pt-2 text-meta text-muted">
          {byPerson(link.by)
            ? t('Linked by {{who}}', { who: link.by })
            : t('Linked automatically, {{by}}', { by: link.by.replace(':', ' ') })}
        </p>
      </div>
    </Popover>
  )
}

/** Programs sign with a name and a version, such as linker:1. */
const byPerson = (by: string): boolean => by !== '' && !/^[a-z]+:\d+$/.test(by)
