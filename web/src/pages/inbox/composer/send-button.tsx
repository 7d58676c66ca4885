import { ChevronDown, Clock, Send } from 'lucide-react'
import { DropdownMenu as M } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../../lib/now'
import { typedMoment } from '../../../lib/zone'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { Dialog } from '../../../ui/dialog'
import { INPUT } from '../../../ui/field'
import { Keys } from '../../../ui/keys'
import { presets, shortWhen } from '../when-words'

interface SendButtonProps {
  readonly note: boolean
  readonly label: string
  readonly disabled: boolean
  readonly onSend: (how: { readonly done?: boolean; readonly at?: number }) => void
}

const ITEM =
  'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none data-[highlighted]:bg-sunken'

/** Sends; beside it, the other ways of sending. */
export function SendButton({ note, label, disabled, onSend }: SendButtonProps) {
  const { t } = useTranslation()
  const now = useNow()
  const [picking, setPicking] = useState(false)
  const [date, setDate] = useState('')
  return (
    <div className="flex">
      <Button
        look="primary"
        disabled={disabled}
        onClick={() => onSend({})}
        className={cx(!note && 'rounded-r-none', note && '!bg-warning-text !text-surface')}
      >
        <Send aria-hidden className="max-md:hidden" />
        {label}
      </Button>
      {note ? null : (
        <M.Root modal={false}>
          <M.Trigger asChild>
            <button
              type="button"
              aria-label={t('Other ways to send')}
              disabled={disabled}
              className="inline-flex h-9 w-8 items-center justify-center rounded-r-control border-l border-surface bg-accent text-on-accent hover:bg-accent-hover disabled:opacity-50"
            >
              <ChevronDown aria-hidden />
            </button>
          </M.Trigger>
          <M.Portal>
            <M.Content
              align="end"
              side="top"
              sideOffset={6}
              collisionPadding={12}
              className="enter-fade z-50 min-w-60 rounded-card border border-line bg-raised p-1 shadow-overlay"
            >
              <M.Item className={ITEM} onSelect={() => onSend({ done: true })}>
                <span className="flex-1">{t('Send and close')}</span>
                <Keys keys="mod+shift+enter" />
              </M.Item>
              <M.Separator className="my-1 h-px bg-line" />
              <M.Label className="caps px-2 py-1">{t('Send later')}</M.Label>
              {presets(now).map((p) => (
                <M.Item key={p.id} className={ITEM} onSelect={() => onSend({ at: p.at })}>
                  <Clock aria-hidden className="text-muted" />
                  <span className="flex-1">{t(p.label)}</span>
                  <span className="text-label text-muted">{shortWhen(new Date(p.at).toISOString(), now)}</span>
                </M.Item>
              ))}
              <M.Item className={ITEM} onSelect={() => setPicking(true)}>
                <span className="size-4" />
                {t('Date and time…')}
              </M.Item>
            </M.Content>
          </M.Portal>
        </M.Root>
      )}
      <Dialog
        open={picking}
        onOpenChange={setPicking}
        title={t('Send later')}
        description={t('You can take it back or send it sooner until then.')}
        footer={
          <Button
            look="primary"
            disabled={!(typedMoment(date) > now)}
            onClick={() => {
              setPicking(false)
              onSend({ at: typedMoment(date) })
            }}
          >
            {t('Send then')}
          </Button>
        }
      >
        <label className="flex flex-col gap-1 text-label font-medium">
          {t('Date and time')}
          <input type="datetime-local" value={date} onChange={(e) => setDate(e.target.value)} className={INPUT} />
        </label>
      </Dialog>
    </div>
  )
}
