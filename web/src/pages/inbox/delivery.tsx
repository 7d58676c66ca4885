import { useQueryClient } from '@tanstack/react-query'
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock, Eye, RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Delivery, Message } from '../../api/desk'
import { refreshThread } from '../../api/queries/cases'
import { sendNow, settleSend } from '../../api/queries/outgoing'
import { say } from '../../i18n/mark'
import { exact, timeOfDay } from '../../lib/time'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { attempt, done } from '../../ui/undo'

const LOOK = {
  held: [Clock, say('Waits to be sent')],
  queued: [Clock, say('Sending')],
  sending: [Clock, say('Sending')],
  sent: [Check, say('Sent')],
  delivered: [CheckCheck, say('Delivered')],
  seen: [Eye, say('Seen')],
  bounced: [CircleAlert, say('Came back')],
  failed: [CircleAlert, say('Could not be sent')],
  unknown: [CircleHelp, say('Not known whether it arrived')],
  cancelled: [Clock, say('Taken back')],
} as const

/** What became of an answer, and what a person can do when it went wrong. */
export function DeliveryLine({ item }: { readonly item: Message }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const d = item.delivery
  if (!d) return null
  const [Icon, words] = LOOK[d.state] ?? LOOK.sent
  const bad = d.state === 'bounced' || d.state === 'failed' || d.state === 'unknown'
  const settle = (arrived: boolean) =>
    attempt(t('That was not saved'), async () => {
      await settleSend(d.outbox_id, arrived)
      await refreshThread(client, item.conversation_id)
      done(arrived ? t('Noted: it arrived') : t('It is sent again'))
    })
  const again = () =>
    attempt(t('It could not be sent again'), async () => {
      await sendNow(d.outbox_id)
      await refreshThread(client, item.conversation_id)
      done(t('It is sent again'))
    })
  if (!bad)
    return (
      <p
        className="mt-0.5 inline-flex items-center gap-1 px-1 text-meta text-muted"
        title={d.at ? exact(d.at) : undefined}
      >
        <Icon aria-hidden className="!size-3" />
        {t(words)}
        {d.at && (d.state === 'seen' || d.state === 'delivered') ? ` ${timeOfDay(d.at)}` : ''}
      </p>
    )
  return (
    <div
      role="status"
      className={cx(
        'mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control px-2 py-1 text-label',
        d.state === 'unknown' ? 'bg-warning-soft text-warning-text' : 'bg-danger-soft text-danger-text',
      )}
    >
      <span className="inline-flex min-w-0 items-center gap-1 font-medium">
        <Icon aria-hidden className="!size-3.5" />
        {t(words)}
      </span>
      <Reason delivery={d} />
      {d.state === 'unknown' ? (
        <span className="flex gap-2">
          <Button size="small" onClick={() => settle(true)}>
            {t('It arrived')}
          </Button>
          <Button size="small" onClick={() => settle(false)}>
            {t('Send again')}
          </Button>
        </span>
      ) : (
        <Button size="small" onClick={again}>
          <RotateCw aria-hidden className="!size-3.5" />
          {t('Send again')}
        </Button>
      )}
    </div>
  )
}

function Reason({ delivery: d }: { readonly delivery: Delivery }) {
  const { t } = useTranslation()
  const why = d.error || d.answer || ''
  if (d.state === 'unknown' && why === '')
    return (
      <span>
        {t('The connection broke at the very end. Ask the customer or look into the mailbox before you send it again.')}
      </span>
    )
  return why ? <span className="min-w-0 [overflow-wrap:anywhere]">{why}</span> : null
}
