// Brings the top of the page into sight when a lesson was opened, and the top of its panel when that shows something else; draws nothing.
export default function ({ data }) {
  const seen = (window.digitLabSeen ??= { opened: 0, panel: data.panel })
  if (data.opened !== seen.opened) document.querySelector(".stMain")?.scrollTo({ top: 0 })
  if (data.panel !== seen.panel) document.querySelector(".st-key-lesson_panel")?.scrollTo({ top: 0 })
  window.digitLabSeen = { opened: data.opened, panel: data.panel }
}
