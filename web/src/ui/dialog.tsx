import { X } from 'lucide-react'
import { Dialog as D } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx'

interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  readonly description?: string
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly wide?: boolean
  readonly alert?: boolean
}

export function Dialog({ open, onOpenChange, title, description, children, footer, wide, alert }: DialogProps) {
  const { t } = useTranslation()
  return (
    <D.Root open={open} onOpenChange={onOpenChange}>
      <D.Portal>
        <D.Overlay className="enter-fade fixed inset-0 z-40 bg-scrim" />
        <D.Content
          role={alert ? 'alertdialog' : 'dialog'}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'enter-fade fixed top-1/2 left-1/2 z-50 flex max-h-[min(88dvh,760px)] w-[calc(100vw-24px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-dialog border border-line bg-raised shadow-overlay outline-none',
            wide ? 'max-w-[680px]' : 'max-w-[440px]',
          )}
        >
          <div className="flex items-start gap-4 px-6 pt-6">
            <div className="min-w-0 flex-1">
              <D.Title className="text-title font-semibold">{title}</D.Title>
              {description ? <D.Description className="mt-1 text-muted">{description}</D.Description> : null}
            </div>
            <D.Close
              aria-label={t('Close')}
              className="-mt-1.5 -mr-2 inline-flex size-9 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-text"
            >
              <X aria-hidden />
            </D.Close>
          </div>
          <div
            tabIndex={0}
            role="group"
            aria-label={title}
            className="min-h-0 flex-1 overflow-y-auto px-6 py-4 -outline-offset-2"
          >
            {children}
          </div>
          {footer ? (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-6 py-4">{footer}</div>
          ) : null}
        </D.Content>
      </D.Portal>
    </D.Root>
  )
}
