import type { Suggested } from './suggest'

const SIGNS =
  '🙂 smile|😀 grin happy|😉 wink|😊 blush glad|😂 laugh joy|🙏 thanks please|👍 thumbs up yes|👎 thumbs down no|👋 wave hello|👏 clap|🎉 party congratulations|❤️ heart love|✅ check done|❌ cross no|⚠️ warning|ℹ️ information|⭐ star|🔥 fire|💡 idea light|📎 clip attachment|📦 parcel package|🚚 delivery truck|💳 card payment|📞 phone call|✉️ mail letter|📅 calendar date|⏰ clock alarm|🔒 lock secure|🔑 key password|🛠️ tools repair|😕 confused|😔 sad sorry|😮 surprised|🤔 think|🙌 hooray|💪 strong|🚀 rocket launch|☕ coffee|🌞 sun|☀️ sunny|🍀 luck|👀 eyes look|📝 note write|🔗 link|🆗 ok|❓ question|❗ important|➡️ right arrow|⬅️ left arrow|💬 speech chat'

const ALL: readonly Suggested[] = SIGNS.split('|').map((entry) => {
  const at = entry.indexOf(' ')
  return { id: entry.slice(0, at), sign: entry.slice(0, at), label: entry.slice(at + 1) }
})

/** The signs whose names have a word that begins so. */
export const findEmoji = (query: string): readonly Suggested[] =>
  ALL.filter((e) => e.label.split(' ').some((w) => w.startsWith(query)))
