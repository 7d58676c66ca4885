/** The colours that labels may have; they are dots and never fills under text. */
export const TAG_COLOURS = ['blue', 'green', 'amber', 'red', 'purple', 'grey'] as const

const HUES: Readonly<Record<string, string>> = {
  blue: 'var(--hue-1)',
  green: 'var(--hue-3)',
  amber: 'var(--hue-5)',
  red: 'var(--danger)',
  purple: 'var(--hue-4)',
}

/** A label's colour as the theme has it; an unknown one is grey. */
export const tagColour = (colour: string): string => HUES[colour] ?? 'var(--control)'
