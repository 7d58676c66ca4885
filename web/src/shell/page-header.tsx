import type { ReactNode } from 'react'
import { useTitle } from '../lib/title'

interface PageHeaderProps {
  readonly title: string
  readonly children?: ReactNode
}

export function PageHeader({ title, children }: PageHeaderProps) {
  useTitle(title)
  return (
    <header className="flex min-h-12 flex-none flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-surface px-6 py-2 max-md:px-4">
      <h1 className="text-title font-semibold">{title}</h1>
      {children}
    </header>
  )
}
