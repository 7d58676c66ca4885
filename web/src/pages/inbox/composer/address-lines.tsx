import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, Way } from '../../../api/desk'
import { list } from '../../../lib/list'
import { channelLabel } from '../../../lib/words'
import { ChannelGlyph } from '../../../ui/channel'
import { Choices, Menu } from '../../../ui/menu'
import { Recipients } from './recipients'
import type { ComposerMode } from './wanted'

interface AddressProps {
  readonly item: CaseDetail
  readonly mode: ComposerMode
  readonly way: Way | undefined
  readonly onWay: (way: Way) => void
  readonly to: readonly string[]
  readonly onTo: (to: readonly string[]) => void
  readonly cc: readonly string[]
  readonly onCc: (cc: readonly string[]) => void
  readonly subject: string
  readonly onSubject: (subject: string) => void
}

const keyOf = (w: Way): string => `${w.channel} ${w.inbox_id} ${w.address}`

/** One line that says where it goes; opened, it can all be changed. */
export function AddressLines(p: AddressProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(p.mode === 'forward')
  const ways = list(p.item.channels)
  const mail = p.mode === 'forward' || (p.way?.channel ?? p.item.channel) === 'mail'
  const more = p.to.length + p.cc.length - 1
  return (
    <div className="flex-none px-6 pb-1 max-md:px-3">
      {open && mail ? (
        <div className="flex flex-col border-b border-line pb-1">
          <Recipients label={t('To')} value={p.to} onChange={p.onTo} autoFocus={p.mode === 'forward'} />
          {p.mode === 'forward' ? null : (
            <>
              <Recipients label={t('Copy to')} value={p.cc} onChange={p.onCc} />
              <label className="flex min-h-8 items-center gap-1">
                <span className="w-12 flex-none text-label text-muted">{t('Subject')}</span>
                <input
                  value={p.subject}
                  onChange={(e) => p.onSubject(e.target.value)}
                  className="h-6 min-w-0 flex-1 bg-transparent text-body outline-none"
                />
              </label>
            </>
          )}
        </div>
      ) : null}
      <div className="flex min-h-6 items-center gap-2 text-label text-muted">
        {ways.length > 1 && p.mode === 'reply' ? (
          <Menu
            align="start"
            trigger={
              <button
                type="button"
                className="inline-flex h-6 items-center gap-1 rounded-control px-1 hover:bg-sunken hover:text-text"
              >
                <ChannelGlyph channel={p.way?.channel ?? p.item.channel} silent className="!size-3.5" />
                {t(channelLabel(p.way?.channel ?? p.item.channel))}
                <ChevronDown aria-hidden className="!size-3" />
              </button>
            }
          >
            <Choices
              label={t('Answer by')}
              value={p.way ? keyOf(p.way) : ''}
              options={ways.map((w) => ({
                value: keyOf(w),
                label: `${t(channelLabel(w.channel))}: ${w.address || p.item.customer_name}`,
                icon: <ChannelGlyph channel={w.channel} silent />,
              }))}
              onChange={(key) => {
                const next = ways.find((w) => keyOf(w) === key)
                if (!next) return
                p.onWay(next)
                if (next.channel === 'mail' && next.address) p.onTo([next.address])
              }}
            />
          </Menu>
        ) : (
          <ChannelGlyph channel={p.way?.channel ?? p.item.channel} silent className="!size-3.5" />
        )}
        {open && mail ? (
          <span className="min-w-0 truncate">
            {p.item.inbox ? t('from {{address}}', { address: p.item.inbox.address || p.item.inbox.name }) : ''}
          </span>
        ) : (
          <button
            type="button"
            disabled={!mail}
            onClick={() => setOpen(true)}
            className="inline-flex h-6 min-w-0 items-center gap-1 rounded-control px-1 text-left enabled:hover:bg-sunken enabled:hover:text-text"
          >
            <span className="truncate">
              {mail
                ? p.to.length === 0
                  ? t('To whom?')
                  : t('to {{address}}', { address: p.to[0] })
                : t('in {{channel}}', { channel: t(channelLabel(p.way?.channel ?? p.item.channel)) })}
              {mail && more > 0 ? ` ${t('and {{count}} more', { count: more })}` : ''}
              {mail && p.item.inbox?.address ? ` ${t('from {{address}}', { address: p.item.inbox.address })}` : ''}
            </span>
            {mail ? <ChevronDown aria-hidden className="!size-3 flex-none" /> : null}
          </button>
        )}
      </div>
    </div>
  )
}
