import type { ReactNode } from 'react'
import { list } from '../../lib/list'
import { plural } from '../../lib/words'
import { Sheet } from '../../ui/sheet'
import { When } from '../../ui/when'
import { History } from './history'
import { Identifiers } from './identifiers'
import { JourneySummary } from './journey-summary'
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
  return (
    <>
      {docked ? (
        <aside
          aria-label="Who it is"
          tabIndex={0}
          className="hidden w-80 flex-none overflow-y-auto border-l border-line bg-surface -outline-offset-2 lg:block"
        >
          <Who onMerge={onMerge} />
        </aside>
      ) : null}
      <Sheet open={sheet} onOpenChange={onSheet} title="Who it is">
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
  const { customer: c } = useCustomerView()
  return (
    <div className="flex flex-col">
      <div className="px-4 pt-4 pb-3">
        <p className="text-title font-semibold [overflow-wrap:anywhere]">{c.name}</p>
        <p className="mt-0.5 text-label text-muted">
          {plural(c.contacts, 'contact')}, first <When at={c.first_at} />
          {c.profiles > 1 ? `, joined from ${c.profiles} profiles` : ''}
        </p>
      </div>
      <Part title="Journeys">
        <JourneySummary {...(onLeave ? { onLeave } : {})} />
      </Part>
      {list(c.suggestions).length > 0 ? (
        <Part title="Could be the same person">
          <Suggestions onMerge={onMerge} />
        </Part>
      ) : null}
      <Part title="Reached through">
        <Identifiers items={list(c.identifier_list)} />
      </Part>
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
