import { ArrowLeft, Filter, MoreHorizontal, PanelRight, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Action } from '../../actions/registry'
import type { Customer } from '../../api/types'
import { useTitle } from '../../lib/title'
import { channelLabel, channelNames } from '../../lib/words'
import { IconButton } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { ChipButton } from '../../ui/chip'
import { ActionItems, Choices, Menu } from '../../ui/menu'
import { journeyTitle } from './band'
import { useCustomerView } from './view'

interface HeaderProps {
  readonly customer: Customer
  readonly channel: string
  readonly setChannel: (channel: string) => void
  readonly onBack: () => void
  readonly onPanel: () => void
  readonly actions: readonly Action[]
}

export function CustomerHeader({ customer, channel, setChannel, onBack, onPanel, actions }: HeaderProps) {
  const { t } = useTranslation()
  const view = useCustomerView()
  useTitle(customer.name)
  const only = view.journeys.get(view.only)
  const chosen = channelNames.find((c) => c === channel)
  return (
    <header className="flex h-12 flex-none items-center gap-2 border-b border-line bg-surface pr-3 pl-2">
      <IconButton icon={ArrowLeft} label={t('Back to the customers')} action="back" onClick={onBack} />
      <h1 className="min-w-0 truncate text-title font-semibold">{customer.name}</h1>
      <div className="ml-auto flex min-w-0 items-center gap-1">
        {only ? (
          <ChipButton tone="accent" icon={X} onClick={() => view.setOnly('')} className="!shrink">
            {t('Only: {{what}}', { what: journeyTitle(only) })}
            <span className="sr-only">, {t('show all')}</span>
          </ChipButton>
        ) : null}
        {chosen ? (
          <ChipButton tone="accent" icon={X} onClick={() => setChannel('')}>
            {t('Only: {{what}}', { what: t(channelLabel(chosen)) })}
            <span className="sr-only">, {t('show all')}</span>
          </ChipButton>
        ) : null}
        <Menu trigger={<IconButton icon={Filter} label={t('Which channels')} />}>
          <Choices
            label={t('Show')}
            value={channel}
            onChange={setChannel}
            options={[
              { value: '', label: t('Every channel') },
              ...channelNames.map((c) => ({
                value: c as string,
                label: t(channelLabel(c)),
                icon: <ChannelGlyph channel={c} silent />,
              })),
            ]}
          />
        </Menu>
        <Menu trigger={<IconButton icon={MoreHorizontal} label={t('More for this customer')} />}>
          <ActionItems actions={actions} />
        </Menu>
        <IconButton icon={PanelRight} label={t('Show or hide who it is')} action="panel" onClick={onPanel} />
      </div>
    </header>
  )
}
