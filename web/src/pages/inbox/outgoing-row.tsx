import { useQueryClient } from '@tanstack/react-query'
import { Clock, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Outgoing } from '../../api/desk'
import { refreshThread } from '../../api/queries/cases'
import { sendNow } from '../../api/queries/outgoing'
import type { Waiting } from '../../api/send-queue'
import { useNow } from '../../lib/now'
import { plainText } from '../../lib/plain-text'
import { exact } from '../../lib/time'
import { Button } from '../../ui/button'
import { attempt } from '../../ui/undo'
import { shortWhen } from './when-words'

/** The seconds until a moment, counted down while it is on the screen. */
function useSecondsTo(iso: string): number {
  const left = () => Math.ceil((Date.parse(iso) - Date.now()) / 1000)
  const [seconds, setSeconds] = useState(left)
  // The clock is outside React.
  // biome-ignore lint/correctness/useExhaustiveDependencies: left reads the same moment
  useEffect(() => {
    if (left() > 120) return
    const timer = setInterval(() => setSeconds(left()), 250)
    return () => clearInterval(timer)
  }, [iso])
  return seconds
}

const BUBBLE = 'mt-4 ml-auto flex max-w-[min(620px,88%)] flex-col items-end'

interface OutgoingProps {
  readonly item: Outgoing
  readonly caseId: string
  readonly onUndo: () => void
}

/** An answer that is still held: it can be taken back. */
export function OutgoingRow({ item, caseId, onUndo }: OutgoingProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const now = useNow()
  const seconds = useSecondsTo(item.send_at)
  const held = item.state === 'held'
  return (
    <article aria-label={t('On its way')} className={BUBBLE}>
      <div className="rounded-card border border-dashed border-accent bg-surface px-3 py-2 text-read whitespace-pre-wrap [overflow-wrap:anywhere]">
        {item.content?.text || plainText(item.content?.html ?? '')}
      </div>
      <p
        className="mt-1 flex flex-wrap items-center justify-end gap-x-2 px-1 text-label text-muted"
        title={exact(item.send_at)}
      >
        <Clock aria-hidden className="!size-3.5" />
        <span className="tabular-nums">
          {!held || seconds <= 0
            ? t('Sending…')
            : seconds > 120
              ? t('Goes out {{when}}', { when: shortWhen(item.send_at, now) })
              : t('Goes out in {{seconds}} s', { seconds })}
        </span>
        {held && seconds > 0 ? (
          <>
            <Button size="small" onClick={onUndo}>
              {t('Undo')}
            </Button>
            <Button
              size="small"
              look="ghost"
              onClick={() =>
                attempt(t('It could not be sent now'), async () => {
                  await sendNow(item.id)
                  await refreshThread(client, caseId)
                })
              }
            >
              {t('Send now')}
            </Button>
          </>
        ) : null}
      </p>
    </article>
  )
}

/** An answer that could not reach the server yet; it is kept here and goes out by itself. */
export function WaitingRow({ item, onTake }: { readonly item: Waiting; readonly onTake: () => void }) {
  const { t } = useTranslation()
  return (
    <article aria-label={t('Kept until Rapport answers')} className={BUBBLE}>
      <div className="rounded-card border border-dashed border-control bg-surface px-3 py-2 text-read whitespace-pre-wrap [overflow-wrap:anywhere]">
        {plainText(item.html)}
      </div>
      <p role="status" className="mt-1 flex flex-wrap items-center justify-end gap-2 px-1 text-label text-muted">
        {item.offline ? <WifiOff aria-hidden className="!size-3.5" /> : <Clock aria-hidden className="!size-3.5" />}
        {item.offline ? t('No connection. It is kept here and sent when Rapport answers.') : t('Sending…')}
        {item.offline ? (
          <Button size="small" onClick={onTake}>
            {t('Take it back')}
          </Button>
        ) : null}
      </p>
    </article>
  )
}
