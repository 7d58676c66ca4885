import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { list } from '../../lib/list'
import { Sheet } from '../../ui/sheet'
import { When } from '../../ui/when'
import { History } from './history'
import { Identifiers } from './identifiers'
import { JourneySummary } from './journey-summary'
import { Related } from './related'
import { Suggestions } from './suggestions'
import { useCustomerView } from './view'

interface SidePanelProps {
  readonly docked: boolean
  readonly sheet: boolean
  readonly onSheet: (open: boolean) => void
  readonly onMerge: (customerId: string) => void
}

/** Who the customer is: beside the timeline where there is room, else over it. */
export function SidePanel({ docked, sheet, onSheet, onMerge }: SidePanelProps) {
  const { t } = useTranslation()
  return (
    <>
      {docked ? (
        <aside
          aria-label={t('Who it is')}
          tabIndex={0}
          className="hidden w-80 flex-none overflow-y-auto border-l border-line bg-surface -outline-offset-2 lg:block"
        >
          <Who onMerge={onMerge} />
        </aside>
      ) : null}
      <Sheet open={sheet} onOpenChange={onSheet} title={t('Who it is')}>
        <Who
          onMerge={(id) => {
            onSheet(false)
            onMerge(id)
          }}
          onLeave={() => onSheet(false)}
        />
      </Sheet>
    </>
  )
}

interface WhoProps {
  readonly onMerge: (customerId: string) => void
  readonly onLeave?: () => void
}

function Who({ onMerge, onLeave }: WhoProps) {
  const { t } = useTranslation()
  const { customer: c } = useCustomerView()
  return (
    <div className="flex flex-col">
      <div className="px-4 pt-4 pb-3">
        <p className="text-title font-semibold [overflow-wrap:anywhere]">{c.name}</p>
        <p className="mt-0.5 text-label text-muted">
          {t('{{count}} contacts', { count: c.contacts })}, {t('first')} <When at={c.first_at} />
          {c.profiles > 1 ? `, ${t('joined from {{n}} profiles', { n: c.profiles })}` : ''}
        </p>
      </div>
      <Part title={t('Journeys')}>
        <JourneySummary {...(onLeave ? { onLeave } : {})} />
      </Part>
      {list(c.suggestions).length > 0 ? (
        <Part title={t('Could be the same person')}>
          <Suggestions onMerge={onMerge} />
        </Part>
      ) : null}
      <Part title={t('Reached through')}>
        <Identifiers items={list(c.identifier_list)} />
      </Part>
      <Related customerId={c.id} />
      <History />
    </div>
  )
}

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="border-t border-line px-4 py-3">
      <h2 className="caps mb-2">{title}</h2>
      {children}
    </section>
  )
}
