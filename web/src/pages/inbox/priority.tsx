import { useTranslation } from 'react-i18next'
import type { Priority } from '../../api/desk'
import { say } from '../../i18n/mark'

export const PRIORITIES = [say('Low'), say('Normal'), say('High'), say('Urgent')] as const

/** Three bars, filled as far as it is pressing; the usual one is not drawn. */
export function PriorityMark({ priority, always }: { readonly priority: Priority; readonly always?: boolean }) {
  const { t } = useTranslation()
  if (priority === 1 && !always) return null
  const name = t('Priority: {{name}}', { name: t(PRIORITIES[priority] ?? 'Normal') })
  const colour = priority === 3 ? 'var(--danger)' : priority === 2 ? 'var(--warning)' : 'var(--control)'
  return (
    <span title={name} className="inline-flex flex-none">
      <svg role="img" aria-label={name} viewBox="0 0 14 14" className="size-3.5">
        {[0, 1, 2].map((i) => (
          <rect
            key={i}
            x={1 + i * 4.5}
            y={9 - i * 3.5}
            width="3"
            height={4 + i * 3.5}
            rx="1"
            fill={i < priority || i === 0 ? colour : 'var(--line)'}
          />
        ))}
      </svg>
    </span>
  )
}
