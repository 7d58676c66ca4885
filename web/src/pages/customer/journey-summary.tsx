import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { list } from '../../lib/list'
import { isClosed } from '../../lib/words'
import { Button } from '../../ui/button'
import { StateChip } from '../../ui/state-chip'
import { When } from '../../ui/when'
import { ChannelPath, journeyTitle } from './band'
import { useCustomerView } from './view'

const TURN = { waiting_for_us: 0, open: 1, waiting_for_them: 2, resolved: 3, abandoned: 4 } as const

/** What is going on, most urgent first; closed journeys on demand. */
export function JourneySummary({ onLeave }: { readonly onLeave?: () => void }) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const [all, setAll] = useState(false)
  const journeys = [...view.journeys.values()].sort(
    (a, b) => TURN[a.state] - TURN[b.state] || (a.last_at < b.last_at ? 1 : -1),
  )
  const closed = journeys.filter((j) => isClosed(j.state))
  const shown = all ? journeys.slice(0, 50) : journeys.filter((j) => !isClosed(j.state))
  return (
    <>
      {shown.length === 0 ? <p className="text-muted">{t('Nothing is open.')}</p> : null}
      <ul className="-mx-2 flex flex-col">
        {shown.map((j) => {
          const open = list(j.unanswered).length
          return (
            <li key={j.id}>
              <button
                type="button"
                onClick={() => {
                  onLeave?.()
                  view.jump({ journey: j.id })
                }}
                className="flex w-full gap-2.5 rounded-control p-2 text-left hover:bg-sunken"
              >
                <span className="w-1 flex-none self-stretch rounded-full" style={{ background: view.hue(j.id) }} />
                <span className="flex min-w-0 flex-1 flex-col gap-1">
                  <span className="truncate font-medium">{journeyTitle(j)}</span>
                  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <StateChip state={j.state} />
                    <ChannelPath journey={j} />
                  </span>
                  <span className="text-label text-muted">
                    {open > 0 ? `${t('{{count}} open questions', { count: open })}, ` : ''}
                    {t('last')} <When at={j.last_at} />
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {closed.length > 0 ? (
        <Button look="link" size="small" onClick={() => setAll(!all)}>
          {all ? t('Show only what is open') : t('{{count}} closed journeys', { count: closed.length })}
        </Button>
      ) : null}
    </>
  )
}
