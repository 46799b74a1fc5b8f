// Sets what only the browser can: the document's language, its background for what lies above it, and the cookie that finds this visitor again; draws nothing.
export default function ({ data, parentElement, setTriggerValue }) {
  const colours = getComputedStyle(parentElement.host ?? parentElement)
  document.documentElement.style.setProperty("--page-background", colours.getPropertyValue("--st-background-color"))
  document.documentElement.lang = data.language
  document.documentElement.translate = false
  const kept = remembers(`${data.cookie}=${data.visitor}`, data.seconds)
  if (!kept && !data.told) setTriggerValue("forgetful", true)
  if (kept && !data.remembered) bringBack(data.visitor)
}

// Brings the cookie back once, as every later visit will: the server then knows that this is one browser and no stranger each time.
function bringBack(visitor) {
  if (window.digitLabBroughtBack === visitor) return
  window.digitLabBroughtBack = visitor
  fetch(appAddress("remembered"), { method: "POST", credentials: "same-origin" }).catch(console.warn)
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
