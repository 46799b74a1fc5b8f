// Sets what only the browser can: the document's language, its background for what lies above it, and the cookie that finds this visitor again; draws nothing.
export default function ({ data, parentElement, setTriggerValue }) {
  const colours = getComputedStyle(parentElement.host ?? parentElement)
  document.documentElement.style.setProperty("--page-background", colours.getPropertyValue("--st-background-color"))
  document.documentElement.lang = data.language
  document.documentElement.translate = false
  if (!remembers(`${data.cookie}=${data.visitor}`, data.seconds) && !data.told) setTriggerValue("forgetful", true)
}

// Whether the browser keeps the cookie; one that refuses cookies forgets it without a word or throws.
function remembers(cookie, seconds) {
  try {
    document.cookie = `${cookie}; path=${new URL(appAddress(".")).pathname}; max-age=${seconds}; SameSite=Strict`
    return document.cookie.split("; ").includes(cookie)
  } catch {
    return false
  }
}
