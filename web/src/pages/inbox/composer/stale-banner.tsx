import { MessageSquareWarning } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Message, ThreadItem } from '../../../api/desk'
import { plainText } from '../../../lib/plain-text'
import { party } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { When } from '../../../ui/when'
import type { Sending } from './use-send'

interface StaleProps {
  readonly sending: Sending
  readonly item: CaseDetail
  readonly items: readonly ThreadItem[]
}

const isMessage = (i: ThreadItem): i is Message =>
  i.type !== 'event' && i.type !== 'outgoing' && i.direction !== 'internal'

/** What was said while the answer was being written: nobody answers past a customer or a colleague. */
export function StaleBanner({ sending, item, items }: StaleProps) {
  const { t } = useTranslation()
  if (!sending.stale) return null
  const newer =
    sending.newer.length > 0 ? sending.newer : sending.crossing.length > 0 ? [] : items.filter(isMessage).slice(0, 1)
  return (
    <div
      role="alert"
      className="mx-5 mb-2 flex flex-none flex-col gap-2 rounded-control bg-warning-soft p-3 text-warning-text max-md:mx-2"
    >
      <p className="flex items-center gap-2 font-medium">
        <MessageSquareWarning aria-hidden />
        {t('This came in while you were writing')}
      </p>
      {sending.crossing.slice(0, 2).map((o) => (
        <p key={o.id} className="line-clamp-3 text-text">
          <span className="font-semibold">{t('{{name}} is answering', { name: o.author })}</span>{' '}
          {o.content?.text || plainText(o.content?.html ?? '')}
        </p>
      ))}
      {newer.slice(0, 3).map((m) => (
        <p key={m.id} className="line-clamp-3 text-text">
          <span className="font-semibold">{party(m, item.customer_name, '').who || item.customer_name}</span>{' '}
          <When at={m.occurred_at} className="text-label text-muted" /> {m.text}
        </p>
      ))}
      <Button size="small" className="self-start" onClick={sending.seen}>
        {t('I have read it, my answer still fits')}
      </Button>
    </div>
  )
}
