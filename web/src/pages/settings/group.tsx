import type { ReactNode } from 'react'

interface GroupProps {
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}

export function Group({ title, children, action }: GroupProps) {
  return (
    <section aria-label={title} className="border-b border-line py-6 last:border-b-0">
      <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-read font-semibold">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}
