import { useQuery, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../api/client'
import { merge, mergePreviewQuery, undoMerge } from '../../api/queries/customers'
import type { Customer, CustomerRow, Page } from '../../api/types'
import { list } from '../../lib/list'
import { identifierKind } from '../../lib/words'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Failed } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'

interface MergeDialogProps {
  readonly customer: Customer
  /** The other customer; empty lets the person look for one; undefined is closed. */
  readonly other: string | undefined
  readonly onClose: () => void
}

/** Shows what a merge would give before it is done; it can be undone exactly. */
export function MergeDialog({ customer, other, onClose }: MergeDialogProps) {
  const { t } = useTranslation()
  const [picked, setPicked] = useState('')
  const [reason, setReason] = useState('')
  const client = useQueryClient()
  const id = other || picked
  const close = () => {
    setPicked('')
    setReason('')
    onClose()
  }
  const run = () => {
    close()
    attempt(t('The customers were not merged'), async () => {
      const made = await merge(client, customer.id, id, reason.trim())
      done(t('{{from}} is part of {{into}} now', { from: made.from_name, into: made.into_name }), () =>
        undoMerge(client, made.id, customer.id),
      )
    })
  }
  return (
    <Dialog
      open={other !== undefined}
      onOpenChange={(open) => open || close()}
      title={id ? t('Are they the same person?') : t('Merge with another customer')}
      description={
        id
          ? t('Their contacts become one timeline. Nothing is lost, and it can be undone exactly.')
          : t('Who is the same person as {{name}}?', { name: customer.name })
      }
      wide
      {...(id
        ? {
            footer: (
              <>
                <Button look="ghost" onClick={close}>
                  {t('Leave them apart')}
                </Button>
                <Button look="primary" onClick={run}>
                  {t('Merge')}
                </Button>
              </>
            ),
          }
        : {})}
    >
      {id ? (
        <div className="flex flex-col gap-4">
          <Preview id={customer.id} other={id} />
          <Field
            label={t('Why are they the same person?')}
            placeholder={t('She said so on the phone')}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
            hint={t('Your colleagues read it in the history.')}
          />
        </div>
      ) : (
        <Pick not={customer.id} onPick={setPicked} />
      )}
    </Dialog>
  )
}

function Preview({ id, other }: { readonly id: string; readonly other: string }) {
  const { t } = useTranslation()
  const query = useQuery(mergePreviewQuery(id, other))
  if (query.isError)
    return (
      <Failed error={query.error} what={t('The comparison could not be made')} retry={() => void query.refetch()} />
    )
  if (query.isPending) return <p className="late text-muted">{t('Comparing…')}</p>
  const { into, from, identifiers, warnings } = query.data
  return (
    <>
      {list(warnings).map((w) => (
        <p key={w} className="flex gap-2 rounded-control bg-warning-soft px-3 py-2 text-warning-text">
          <TriangleAlert aria-hidden className="mt-0.5" />
          {w}
        </p>
      ))}
      <div className="grid gap-4 md:grid-cols-2">
        <Side title={t('Remains')} row={into} />
        <Side title={t('Joins it')} row={from} />
      </div>
      <section>
        <h3 className="caps mb-1">{t('Together they are reached through')}</h3>
        <ul className="grid gap-x-6 md:grid-cols-2">
          {list(identifiers).map((i) => (
            <li
              key={`${i.kind} ${i.value} ${i.profile_id}`}
              className="flex min-h-7 items-baseline justify-between gap-3 border-b border-line"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">{i.value}</span>
              <span className="flex-none text-label text-muted">{t(identifierKind(i.kind))}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function Side({ title, row }: { readonly title: string; readonly row: CustomerRow }) {
  const { t } = useTranslation()
  return (
    <section className="border-t border-line pt-2">
      <h3 className="caps">{title}</h3>
      <p className="text-read font-semibold">{row.name}</p>
      <p className="text-muted">
        {t('{{count}} contacts', { count: row.contacts })}, {t('last')} <When at={row.last_at} />
      </p>
      <p className="line-clamp-2 text-muted">{row.last_text}</p>
    </section>
  )
}

function Pick({ not, onPick }: { readonly not: string; readonly onPick: (id: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['customers', 'pick', q],
    queryFn: ({ signal }) => get<Page<CustomerRow>>('/v1/customers', { q, limit: 8 }, signal),
    enabled: q.length > 0,
    placeholderData: (old) => old,
  })
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={t('Name, mail address or phone')}
        type="search"
        value={text}
        onChange={(e) => setText(e.target.value)}
        autoFocus
      />
      <ul>
        {list(found.data?.items)
          .filter((c) => c.id !== not)
          .map((c) => (
            <li key={c.id} className="border-b border-line">
              <button
                type="button"
                onClick={() => onPick(c.id)}
                className="flex min-h-9 w-full items-center gap-3 rounded-control px-2 text-left hover:bg-sunken"
              >
                <span className="font-medium">{c.name}</span>
                <span className="min-w-0 truncate text-muted">{list(c.identifiers)[0]}</span>
              </button>
            </li>
          ))}
      </ul>
    </div>
  )
}
