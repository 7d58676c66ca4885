import type { ReactNode } from 'react'
import { useTitle } from '../lib/title'
import { Banners } from '../shell/banners'
import { cx } from '../ui/cx'

interface DoorProps {
  readonly title: string
  readonly subtitle?: string
  /** Room for a form of two columns. */
  readonly wide?: boolean
  readonly children: ReactNode
}

/** The frame of the pages before sign-in. */
export function Door({ title, subtitle, wide, children }: DoorProps) {
  useTitle(title)
  return (
    <div className="flex h-full flex-col">
      <Banners />
      <main className="flex flex-1 items-start justify-center overflow-y-auto px-6 pt-[14dvh] pb-12 max-md:px-4">
        <div className={cx('w-full', wide ? 'max-w-[560px]' : 'max-w-[360px]')}>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          <h1 className="mt-6 text-page font-semibold">{title}</h1>
          {subtitle ? <p className="mt-1 text-read text-muted">{subtitle}</p> : null}
          <div className="mt-6 text-read">{children}</div>
        </div>
      </main>
    </div>
  )
}
