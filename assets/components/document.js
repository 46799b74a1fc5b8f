// Sets what only the browser can: the document's language, its background for what lies above it, and the cookie that finds this visitor again; draws nothing.
export default function ({ data, parentElement }) {
  const colours = getComputedStyle(parentElement.host ?? parentElement)
  document.documentElement.style.setProperty("--page-background", colours.getPropertyValue("--st-background-color"))
  document.documentElement.lang = data.language
  document.documentElement.translate = false
  document.cookie = `${data.cookie}=${data.visitor}; path=/; max-age=${data.seconds}; SameSite=Strict`
}
