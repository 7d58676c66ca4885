import { Link2Off, ShieldQuestionMark } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../../api/desk'

/** What an agent must know before believing a message. */
export function Notices({ item, doubtful }: { readonly item: Message; readonly doubtful: boolean }) {
  const { t } = useTranslation()
  if (item.direction !== 'in') return null
  const line = 'mb-1.5 flex items-start gap-1.5 rounded-control bg-warning-soft px-2 py-1 text-label text-warning-text'
  return (
    <>
      {item.continues ? (
        <p className={line}>
          <Link2Off aria-hidden className="!size-3.5 mt-px" />
          {t(
            'It claims to continue another conversation, but the sender was never part of that one. Check who it is before you answer with details.',
          )}
        </p>
      ) : null}
      {doubtful && !item.verified && !item.automatic && item.channel === 'mail' ? (
        <p className={line} data-notice="unverified">
          <ShieldQuestionMark aria-hidden className="!size-3.5 mt-px" />
          {t('The sender was not verified: anybody could have written this address.')}
        </p>
      ) : null}
    </>
  )
}
