import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxView } from '../../api/queries/admin'
import { Button } from '../../ui/button'

/** What the forms of mail and chat inboxes share. */
export interface FormProps {
  /** Left out: a new one. */
  readonly inbox?: InboxView | undefined
  readonly onSaved: (inbox: InboxView) => void
  readonly onCancel?: (() => void) | undefined
}

/** What a form leaves as it is. */
export function kept(inbox: InboxView | undefined) {
  if (!inbox) return {}
  const { brand, restricted, state, team_id, teams, version } = inbox
  return { brand, restricted, state, team_id, teams, version }
}

export function Rest({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  return text ? (
    <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
      {text} {t('What you typed is still here.')}
    </p>
  ) : null
}

interface ButtonsProps {
  readonly busy: boolean
  readonly onCancel: (() => void) | undefined
  readonly children: ReactNode
}

export function Buttons({ busy, onCancel, children }: ButtonsProps) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap gap-2">
      <Button type="submit" look="primary" disabled={busy}>
        {children}
      </Button>
      {onCancel ? (
        <Button look="ghost" onClick={onCancel}>
          {t('Cancel')}
        </Button>
      ) : null}
    </div>
  )
}
