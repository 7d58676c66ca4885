import { X } from 'lucide-react'
import { Dialog as D } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface SheetProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  readonly children: ReactNode
}

/** The side panel of a narrow screen: over the page, from the right. */
export function Sheet({ open, onOpenChange, title, children }: SheetProps) {
  const { t } = useTranslation()
  return (
    <D.Root open={open} onOpenChange={onOpenChange}>
      <D.Portal>
        <D.Overlay className="enter-fade fixed inset-0 z-40 bg-scrim" />
        <D.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-50 flex w-[min(360px,100vw)] animate-[slide-left_200ms_var(--ease)] flex-col border-l border-line bg-surface pt-[env(safe-area-inset-top)] pr-[env(safe-area-inset-right)] shadow-overlay outline-none"
        >
          <div className="flex h-12 flex-none items-center justify-between border-b border-line pr-2 pl-4">
            <D.Title className="text-body font-semibold">{title}</D.Title>
            <D.Close
              aria-label={t('Close')}
              className="inline-flex size-9 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-text"
            >
              <X aria-hidden />
            </D.Close>
          </div>
          <div className="above-edge min-h-0 flex-1 overflow-y-auto">{children}</div>
        </D.Content>
      </D.Portal>
    </D.Root>
  )
}
